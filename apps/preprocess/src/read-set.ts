import { join } from 'node:path';
import { Progress, type RunRecord, type Terminal } from '@ichor/cli';
import type { LabelSet } from '@ichor/dataset';
import { IchorError } from '@ichor/files';
import { openTableWriter, rawTable } from '@ichor/tables';
import type { ImageSet } from './image-set.js';
import { ContentDigest } from './content.js';
import { CONTENT_KEY, openJournal, SOURCE_KEY, UNREADABLE_KEY, type Chunk, type Journal } from './journal.js';
import type { ChunkTask } from './messages.js';
import { readOutcome, type ReadOutcome, type Unreadable } from './read-outcome.js';
import type { ReaderPool } from './reader-pool.js';

export interface ReadSetOptions {
  readonly name: 'train' | 'test';
  readonly images: ImageSet;
  readonly imageFolder: string;
  /** Where finished chunks are kept until they are merged. */
  readonly workFolder: string;
  /** Path of the raw table to write. */
  readonly output: string;
  /** Path of the raw table of an earlier run. */
  readonly earlier: string;
  readonly source: string;
  readonly labels: LabelSet | undefined;
  readonly readers: ReaderPool;
  readonly chunkSlices: number;
  /** Do not use the raw table of an earlier run. */
  readonly fresh: boolean;
  readonly strict: boolean;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  readonly record: RunRecord;
}

export interface ReadSetResult extends ReadOutcome {
  /** Slices that this run took from an earlier one. */
  readonly resumed: number;
  /** The raw table of an earlier run is used, in its place. */
  readonly kept: boolean;
}

/** Reads every slice of a set and writes its raw table; resumes where a stopped run ended. */
export async function readSet(options: ReadSetOptions): Promise<ReadSetResult> {
  const { name, images, output, source, readers, terminal, record, strict } = options;
  // The table of a later failed run comes first: it is newer.
  for (const path of options.fresh ? [] : [output, options.earlier]) {
    const before = await readOutcome(path, source);
    if (before !== undefined && !(strict && before.unreadable.length > 0))
      return { ...before, resumed: images.ids.length, kept: path === options.earlier };
  }
  const journal = await openJournal(options.workFolder, source, images.ids, options.chunkSlices);
  const open = journal.chunks.filter((chunk) => !chunk.done);
  const resumed = journal.chunks.reduce((sum, chunk) => sum + (chunk.done ? chunk.ids.length : 0), 0);
  const total = images.ids.length - resumed;
  readers.grow(open.length);
  const progress = new Progress({ label: `reading ${name}`, total, unit: 'slices', terminal });
  /** Of the chunks of this run. */
  const found = new Map<string, ReadOutcome>();
  let failures = 0;
  await record
    .time(`read ${name}`, () =>
      readers.read(tasksOf(open, options), options.signal, {
        onProgress: (slices) => progress.advance(slices),
        onChunk: (path, outcome) => {
          const { unreadable } = outcome;
          found.set(path, outcome);
          failures += unreadable.length;
          progress.advance(0, failures > 0 ? { unreadable: failures } : {});
          if (strict) stopAtFirst(options.imageFolder, unreadable);
        },
      }),
    )
    .finally(() => progress.finish(total === 0 ? false : undefined));
  const unreadable: Unreadable[] = [];
  const content = new ContentDigest();
  for (const { path } of journal.chunks) {
    const chunk = found.get(path) ?? (await readOutcome(path));
    unreadable.push(...(chunk?.unreadable ?? []));
    content.add('', chunk?.content ?? '');
  }
  if (strict) stopAtFirst(options.imageFolder, unreadable);
  if (unreadable.length > 0 && unreadable.length === images.ids.length)
    throw noneReadable(options.imageFolder, unreadable);
  const outcome: ReadOutcome = { unreadable, content: content.end() };
  await record.time(`write ${name}_raw`, () => merge(journal, outcome, options));
  await journal.clear();
  return { ...outcome, resumed, kept: false };
}

/** This happens when a disk is unmounted during reading, or when the folder holds other files. */
function noneReadable(folder: string, unreadable: readonly Unreadable[]): IchorError {
  return new IchorError({
    code: 'preprocess/none-readable',
    file: folder,
    reason: `none of its ${unreadable.length} slices can be read, e.g. ${unreadable[0]?.id ?? ''}: ${unreadable[0]?.reason ?? ''}`,
    remedy: 'check that the disk is mounted and that these are head CT slices; the tables are unchanged',
  });
}

/** One by one: the labels of all slices as text would be most of the memory. */
function* tasksOf(chunks: readonly Chunk[], { imageFolder, labels }: ReadSetOptions): Generator<ChunkTask> {
  for (const { ids, path } of chunks)
    yield {
      folder: imageFolder,
      ids,
      labels: ids.map((id) => labels?.labelsOf(id)?.join(' ') ?? ''),
      output: path,
    };
}

function stopAtFirst(folder: string, unreadable: readonly Unreadable[]): void {
  const [first] = unreadable;
  if (first === undefined) return;
  throw new IchorError({
    code: first.code,
    file: join(folder, `${first.id}.dcm`),
    reason: first.reason,
    remedy: 'omit --strict to leave such files out',
  });
}

/** Puts the chunks under one another as they are; memory holds one chunk. */
async function merge(
  journal: Journal,
  { unreadable, content }: ReadOutcome,
  { output, source }: ReadSetOptions,
): Promise<void> {
  const writer = await openTableWriter(output, rawTable, {
    metadata: {
      [SOURCE_KEY]: source,
      [CONTENT_KEY]: content,
      [UNREADABLE_KEY]: JSON.stringify(unreadable),
    },
  });
  try {
    for (const chunk of journal.chunks) await writer.appendFile(chunk.path);
  } catch (error) {
    await writer.abort();
    throw error;
  }
  await writer.close();
}
