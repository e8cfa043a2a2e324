// A thread that reads chunks of slices. Rows go to disk from here; only counts and failures travel back.
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { DicomError } from '@ichor/dicom';
import { FileBuffer } from '@ichor/dicom/node';
import { failureOf } from '@ichor/files';
import { columnsFromRows, rawTable, writeTable } from '@ichor/tables';
import { ContentDigest } from './content.js';
import { CONTENT_KEY, UNREADABLE_KEY } from './journal.js';
import type { ChunkTask, WorkerMessage } from './messages.js';
import type { ReadOutcome, Unreadable } from './read-outcome.js';
import { readSlice, type SliceRow } from './slice-row.js';

const REPORT_EVERY = 32;
const buffer = new FileBuffer();

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

async function readChunk({ folder, ids, labels, output }: ChunkTask): Promise<void> {
  const rows: SliceRow[] = [];
  const unreadable: Unreadable[] = [];
  const content = new ContentDigest();
  let unreported = 0;
  for (const [i, id] of ids.entries()) {
    try {
      const slice = await readSlice(id, labels[i] ?? '', join(folder, `${id}.dcm`), buffer);
      rows.push(slice.row);
      content.add(id, slice.content);
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
      unreadable.push({ id, code: error.code, reason: error.reason });
    }
    if (++unreported === REPORT_EVERY) {
      post({ kind: 'progress', slices: unreported });
      unreported = 0;
      // The chunk before this one is being written meanwhile.
      await setImmediate();
    }
  }
  // The next chunk is read while the disk takes this one.
  post({ kind: 'read', slices: unreported });
  const outcome: ReadOutcome = { unreadable, content: content.end() };
  await writeTable(output, rawTable, columnsFromRows(rawTable, rows), {
    metadata: { [UNREADABLE_KEY]: JSON.stringify(unreadable), [CONTENT_KEY]: outcome.content },
  });
  post({ kind: 'chunk', output, ...outcome });
}

parentPort?.on('message', (task: ChunkTask) => {
  readChunk(task).catch((error: unknown) => post({ kind: 'failed', failure: failureOf(error) }));
});
