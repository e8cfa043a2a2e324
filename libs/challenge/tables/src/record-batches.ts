import { open, type FileHandle } from 'node:fs/promises';
import { isNotThere, messageOf } from '@ichor/files';
import type { RecordBatch, Schema } from 'apache-arrow';
import { RecordBatchReader } from './arrow.js';
import { schemaDifference } from './difference.js';
import { damaged, damagedOnFailure } from './damaged.js';
import { TableError } from './error.js';
import { checkRecordBatch, ForeignColumn, readIpcLayout } from './ipc-layout.js';
import type { TableSchema } from './schema.js';

const MAGIC = 'ARROW1';
/** Files up to this size (bytes) are read at once: reading by batch takes several calls for each batch. */
const READ_WHOLE = 32 * 2 ** 20;

/**
 * The record batches of an Arrow IPC file, one at a time, after its schema was checked. The first item
 * carries the schema alone, so that a table without rows is checked too.
 */
export async function* recordBatches(
  path: string,
  expected: TableSchema,
): AsyncGenerator<{ readonly schema: Schema; readonly batch: RecordBatch | undefined }> {
  const handle = await openFile(path, expected);
  try {
    const { size } = await handle.stat();
    await checkMagic(path, handle, size);
    const layout = await damagedOnFailure(path, () => readIpcLayout(handle, size)).catch((error: unknown) => {
      if (error instanceof TableError && error.cause instanceof ForeignColumn)
        throw mismatch(path, expected, [error.cause.message]);
      throw error;
    });
    const reader = await damagedOnFailure(path, async () => {
      const found =
        size > READ_WHOLE
          ? await RecordBatchReader.from(handle)
          : RecordBatchReader.from(await readWhole(handle, size));
      await found.open({ autoDestroy: false });
      return found;
    });
    const { schema } = reader;
    const differences = schemaDifference(schema, expected);
    if (differences.length > 0) throw mismatch(path, expected, differences);
    yield { schema, batch: undefined };
    for (let i = 0; i < layout.blocks.length; i++) {
      const batch = await damagedOnFailure(path, async () => {
        await checkRecordBatch(handle, layout, i);
        return reader.readRecordBatch(i);
      });
      if (batch === null) throw damaged(path, `record batch ${i} cannot be read`);
      yield { schema, batch };
    }
  } finally {
    // The file was read to its end, or reading failed: a failure to close it loses no data.
    await handle.close().catch(() => undefined);
  }
}

async function openFile(path: string, expected: TableSchema): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    throw new TableError({
      code: isNotThere(cause) ? 'tables/missing' : 'tables/not-readable',
      file: path,
      reason: `the "${expected.name}" table cannot be opened: ${messageOf(cause)}`,
      remedy: isNotThere(cause)
        ? 'run the task that writes it first, and check ICHOR_ROOT'
        : 'check its permissions and whether its disk is mounted',
      cause,
    });
  }
}

/** The columns become views on these bytes, so they must not come from the pool of Buffer, which is not aligned. */
async function readWhole(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) throw new RangeError(`it ends after ${filled} of ${size} bytes`);
    filled += bytesRead;
  }
  return bytes;
}

async function checkMagic(path: string, handle: FileHandle, size: number): Promise<void> {
  const text = async (position: number) => {
    const { buffer } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, Math.max(0, position));
    return buffer.toString('latin1');
  };
  if ((await text(0)) !== MAGIC) throw damaged(path, 'it does not begin as an Arrow IPC file');
  if ((await text(size - MAGIC.length)) !== MAGIC)
    throw damaged(path, `it does not end as an Arrow IPC file; it is cut off at ${size} bytes`);
}

function mismatch(file: string, expected: TableSchema, differences: readonly string[]): TableError {
  return new TableError({
    code: 'tables/schema-mismatch',
    file,
    reason: `is not a table of schema "${expected.name}" version ${expected.version}: ${differences.join('; ')}`,
    remedy: 'remove the file and run the task that writes it again',
  });
}
