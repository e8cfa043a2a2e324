import { openAtomic } from '@ichor/files';
import { RecordBatchFileWriter, type Schema } from 'apache-arrow';
import { arrowSchema } from './arrow-schema.js';
import { isText, rowsOf, type ColumnValues } from './column.js';
import { concatColumns } from './concat.js';
import { columnData } from './decode.js';
import { encodeBatch, recordBatch } from './encode.js';
import { TableError } from './error.js';
import { recordBatches } from './record-batches.js';
import type { ColumnsOf, TableSchema } from './schema.js';

export interface WriteOptions {
  /** Notes stored in the file with the schema (model, fold, seed…). */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Rows collected before they are written as one record batch; default 16,384. */
  readonly batchRows?: number;
}

/** A table that is written in pieces and appears under its name when complete. */
export interface TableWriter<S extends TableSchema> {
  /** Rows appended so far. */
  readonly rows: number;
  /**
   * Adds rows. The arrays must not change until the next `append` or `close` has resolved.
   *
   * @throws TableError `tables/bad-columns` when a column is missing, foreign, of another type or length.
   */
  append(columns: ColumnsOf<S>): Promise<void>;
  /**
   * Adds the rows of another file of the same schema, batch by batch as they lie there: nothing is decoded. The notes
   * of that file are not taken over.
   *
   * @throws TableError as `readTable`, and `tables/bad-columns` for vectors of another length.
   */
  appendFile(path: string): Promise<void>;
  /** Writes the rest, flushes to disk and renames onto the target. */
  close(): Promise<void>;
  /** Gives up: removes what was written; the target stays as it was. */
  abort(): Promise<void>;
}

/** A batch is also written when it holds about this many bytes: feature vectors are long. */
const BATCH_BYTES = 16 * 2 ** 20;

/**
 * Opens a table for streamed writing: memory holds one batch, for any number of rows.
 *
 * @throws IchorError `files/not-writable`
 */
export async function openTableWriter<S extends TableSchema>(
  path: string,
  schema: S,
  { metadata = {}, batchRows = 16_384 }: WriteOptions = {},
): Promise<TableWriter<S>> {
  const file = await openAtomic(path);
  const writer = new RecordBatchFileWriter();
  const chunks = writer[Symbol.asyncIterator]();
  const vectorSizes = new Map<string, number>();
  let arrow: Schema | undefined;
  let pending: Map<string, ColumnValues>[] = [];
  let pendingRows = 0;
  let pendingBytes = 0;
  let rows = 0;

  /** The encoder puts its bytes into a queue; moves what is there into the file. */
  let next: ReturnType<typeof chunks.next> | undefined;
  const drain = async (toEnd: boolean) => {
    const pieces: Uint8Array[] = [];
    for (;;) {
      next ??= chunks.next();
      const result = toEnd ? await next : await Promise.race([next, queueIsEmpty()]);
      if (result === 'empty') break;
      next = undefined;
      if (result.done === true) break;
      pieces.push(result.value);
    }
    // A batch comes in several pieces a column, most of a few bytes: one call for all of them.
    if (pieces.length > 0) await file.write(Buffer.concat(pieces));
  };
  const start = (): Schema => {
    if (arrow === undefined) {
      arrow = arrowSchema(schema, vectorSizes, metadata);
      writer.reset(undefined, arrow);
    }
    return arrow;
  };
  const flush = async () => {
    if (pendingRows === 0) return;
    const columns = concatColumns(pending);
    writer.write(encodeBatch(schema, start(), columns, pendingRows, path));
    pending = [];
    pendingRows = 0;
    pendingBytes = 0;
    await drain(false);
  };

  return {
    get rows() {
      return rows;
    },
    async append(columns) {
      const added = checkColumns(path, schema, columns, vectorSizes);
      if (added.rows === 0) return;
      pending.push(added.columns);
      pendingRows += added.rows;
      rows += added.rows;
      for (const values of added.columns.values())
        pendingBytes += isText(values)
          ? values.length * 16
          : 'size' in values
            ? values.values.byteLength
            : values.byteLength;
      if (pendingRows >= batchRows || pendingBytes >= BATCH_BYTES) await flush();
    },
    async appendFile(from) {
      await flush();
      for await (const { batch } of recordBatches(from, schema)) {
        if (batch === undefined || batch.numRows === 0) continue;
        const children = Object.entries(schema.columns).map(([name, spec]) => {
          const data = columnData(batch, name, spec, from);
          if (spec.kind === 'vector') keepVectorSize(path, name, data.stride, vectorSizes);
          return data;
        });
        writer.write(recordBatch(start(), children, batch.numRows));
        rows += batch.numRows;
        await drain(false);
      }
    },
    async close() {
      try {
        await flush();
        start();
        writer.close();
        await drain(true);
      } catch (cause) {
        await file.abort();
        throw cause;
      }
      await file.commit();
    },
    abort: () => file.abort(),
  };
}

/** Writes a whole table at once. */
export async function writeTable<S extends TableSchema>(
  path: string,
  schema: S,
  columns: ColumnsOf<S>,
  options: WriteOptions = {},
): Promise<void> {
  const writer = await openTableWriter(path, schema, options);
  try {
    await writer.append(columns);
  } catch (cause) {
    await writer.abort();
    throw cause;
  }
  await writer.close();
}

function queueIsEmpty(): Promise<'empty'> {
  // A chunk that waits in the queue settles in a microtask, before this.
  return new Promise((resolve) => setImmediate(resolve, 'empty'));
}

function checkColumns(
  file: string,
  schema: TableSchema,
  columns: Readonly<Record<string, ColumnValues>>,
  vectorSizes: Map<string, number>,
): { columns: Map<string, ColumnValues>; rows: number } {
  const bad = (reason: string) => new TableError({ code: 'tables/bad-columns', file, reason });
  const names = Object.keys(schema.columns);
  const foreign = Object.keys(columns).find((name) => schema.columns[name] === undefined);
  if (foreign !== undefined) throw bad(`column ${foreign} is not part of table "${schema.name}"`);
  const checked = new Map<string, ColumnValues>();
  let rows: number | undefined;
  for (const name of names) {
    const values = columns[name];
    if (values === undefined) throw bad(`column ${name} of table "${schema.name}" is missing`);
    const length = rowsOf(values);
    if (!Number.isInteger(length)) throw bad(`column ${name} does not hold whole vectors`);
    rows ??= length;
    if (length !== rows) throw bad(`column ${name} has ${length} rows, column ${names[0]} has ${rows}`);
    if (!isText(values) && 'size' in values) keepVectorSize(file, name, values.size, vectorSizes);
    checked.set(name, values);
  }
  return { columns: checked, rows: rows ?? 0 };
}

/** The first rows say how long the vectors of a column are. */
function keepVectorSize(file: string, name: string, size: number, sizes: Map<string, number>): void {
  const known = sizes.get(name) ?? size;
  if (known !== size)
    throw new TableError({
      code: 'tables/bad-columns',
      file,
      reason: `vectors of column ${name} have length ${size}, so far ${known}`,
    });
  sizes.set(name, size);
}
