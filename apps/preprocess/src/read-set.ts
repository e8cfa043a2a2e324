import { join } from 'node:path';
import { Progress, type RunRecord, type Terminal } from '@ichor/cli';
import type { LabelSet } from '@ichor/dataset';
import { IchorError } from '@ichor/files';
import { openTableWriter, rawTable, readBatches } from '@ichor/tables';
import type { ImageSet } from './image-set.js';
import { openJournal, SOURCE_KEY, UNREADABLE_KEY, type Journal } from './journal.js';
import type { Unreadable } from './messages.js';
import { readChunks } from './pool.js';
import { readUnreadable } from './unreadable.js';

export interface ReadSetOptions {
  readonly name: 'train' | 'test';
  readonly images: ImageSet;
  readonly imageFolder: string;
  /** Where finished chunks are kept until they are merged. */
  readonly workFolder: string;
  /** Path of the raw table. */
  readonly output: string;
  readonly source: string;
  readonly labels: LabelSet | undefined;
  readonly workers: number;
  readonly chunkSlices: number;
  /** Do not use the raw table of an earlier run. */
  readonly fresh: boolean;
  readonly strict: boolean;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  readonly record: RunRecord;
}

export interface ReadSetResult {
  readonly unreadable: readonly Unreadable[];
  /** Slices that this run took from an earlier one. */
  readonly resumed: number;
}

/** Reads every slice of a set and writes its raw table; goes on where a stopped run ended. */
export async function readSet(options: ReadSetOptions): Promise<ReadSetResult> {
  const { name, images, output, source, terminal, record, strict } = options;
  const before = options.fresh ? undefined : await readUnreadable(output, source);
  if (before !== undefined && !(strict && before.length > 0))
    return { unreadable: before, resumed: images.ids.length };
  const journal = await openJournal(options.workFolder, source, images.ids, options.chunkSlices);
  const open = journal.chunks.filter((chunk) => !chunk.done);
  const resumed = journal.chunks.reduce((sum, chunk) => sum + (chunk.done ? chunk.ids.length : 0), 0);
  const total = images.ids.length - resumed;
  const progress = new Progress({ label: `reading ${name}`, total, unit: 'slices', terminal });
  let failures = 0;
  await record
    .time(`read ${name}`, () =>
      readChunks(
        open.map(({ ids, path }) => ({ folder: options.imageFolder, ids, output: path })),
        {
          workers: options.workers,
          signal: options.signal,
          onProgress: (slices) => progress.advance(slices),
          onChunk: (unreadable) => {
            failures += unreadable.length;
            progress.advance(0, failures > 0 ? { unreadable: failures } : {});
            if (strict) stopAtFirst(options.imageFolder, unreadable);
          },
        },
      ),
    )
    .finally(() => progress.finish(total === 0 ? false : undefined));
  const unreadable = await record.time(`write ${name}_raw`, () => merge(journal, options));
  if (strict) stopAtFirst(options.imageFolder, unreadable);
  await journal.clear();
  return { unreadable, resumed };
}

function stopAtFirst(folder: string, unreadable: readonly Unreadable[]): void {
  const [first] = unreadable;
  if (first === undefined) return;
  throw new IchorError({
    code: first.code,
    file: join(folder, `${first.id}.dcm`),
    reason: first.reason,
    remedy: 'leave --strict out to go on without such files',
  });
}

/** Puts the chunks under one another, with the labels; memory holds one chunk. */
async function merge(journal: Journal, { output, source, labels }: ReadSetOptions): Promise<Unreadable[]> {
  const unreadable: Unreadable[] = [];
  for (const chunk of journal.chunks) unreadable.push(...((await readUnreadable(chunk.path)) ?? []));
  const writer = await openTableWriter(output, rawTable, {
    metadata: { [SOURCE_KEY]: source, [UNREADABLE_KEY]: JSON.stringify(unreadable) },
  });
  try {
    for (const chunk of journal.chunks) {
      for await (const { columns } of readBatches(chunk.path, rawTable)) {
        const lists = columns.ID.map((id) => labels?.labelsOf(id) ?? []);
        await writer.append({
          ...columns,
          labels: lists.map((list) => list.join(' ')),
          num_labels: Int8Array.from(lists, (list) => list.length),
        });
      }
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
  await writer.close();
  return unreadable;
}
