import { openAtomic, type AtomicFile } from '@ichor/files';
import type { RecordBatch, Schema } from 'apache-arrow';
import { RecordBatchFileWriter } from './arrow.js';
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
   * Adds the rows of another file of the same schema. Its batches are copied without decoding. The notes of that file are
   * not copied.
   *
   * @throws TableError as `readTable`, and `tables/bad-columns` for vectors of another length.
   */
  appendFile(path: string): Promise<void>;
  /** Writes the rest, flushes to disk and renames onto the target. */
  close(): Promise<void>;
  /** Gives up: removes what was written; the target stays as it was. */
  abort(): Promise<void>;
}

/** A batch is also written when it holds about this many bytes, because feature vectors are long. */
const BATCH_BYTES = 16 * 2 ** 20;

/**
 * Opens a table for streamed writing: memory holds one batch, for any number of rows.
 *
 * @throws IchorError `files/not-writable`
 */
export async function openTableWriter<S extends TableSchema>(
  path: string,
  schema: S,
  options: WriteOptions = {},
): Promise<TableWriter<S>> {
  return new BatchedTableWriter(path, schema, new BatchFile(await openAtomic(path)), options);
}

/** Collects rows into record batches. */
class BatchedTableWriter<S extends TableSchema> implements TableWriter<S> {
  readonly #path: string;
  readonly #schema: S;
  readonly #file: BatchFile;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #batchRows: number;
  readonly #vectorSizes = new Map<string, number>();
  #pending: Map<string, ColumnValues>[] = [];
  #pendingRows = 0;
  #pendingBytes = 0;
  #rows = 0;

  constructor(path: string, schema: S, file: BatchFile, { metadata = {}, batchRows = 16_384 }: WriteOptions) {
    this.#path = path;
    this.#schema = schema;
    this.#file = file;
    this.#metadata = metadata;
    this.#batchRows = batchRows;
  }

  get rows(): number {
    return this.#rows;
  }

  async append(columns: ColumnsOf<S>): Promise<void> {
    const added = checkColumns(this.#path, this.#schema, columns, this.#vectorSizes);
    if (added.rows === 0) return;
    this.#pending.push(added.columns);
    this.#pendingRows += added.rows;
    this.#rows += added.rows;
    for (const values of added.columns.values()) this.#pendingBytes += bytesOf(values);
    if (this.#pendingRows >= this.#batchRows || this.#pendingBytes >= BATCH_BYTES) await this.#flush();
  }

  async appendFile(from: string): Promise<void> {
    await this.#flush();
    for await (const { batch } of recordBatches(from, this.#schema)) {
      if (batch === undefined || batch.numRows === 0) continue;
      const children = Object.entries(this.#schema.columns).map(([name, spec]) => {
        const data = columnData(batch, name, spec, from);
        if (spec.kind === 'vector') keepVectorSize(this.#path, name, data.stride, this.#vectorSizes);
        return data;
      });
      await this.#file.write(recordBatch(this.#started(), children, batch.numRows));
      this.#rows += batch.numRows;
    }
  }

  async close(): Promise<void> {
    try {
      await this.#flush();
      this.#started();
      await this.#file.end();
    } catch (cause) {
      await this.#file.abort();
      throw cause;
    }
    await this.#file.commit();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }

  /** The schema. It is written before the first batch; the first rows give the length of its vectors. */
  #started(): Schema {
    return this.#file.start(() => arrowSchema(this.#schema, this.#vectorSizes, this.#metadata));
  }

  async #flush(): Promise<void> {
    if (this.#pendingRows === 0) return;
    const columns = concatColumns(this.#pending);
    const batch = encodeBatch(this.#schema, this.#started(), columns, this.#pendingRows, this.#path);
    this.#pending = [];
    this.#pendingRows = 0;
    this.#pendingBytes = 0;
    await this.#file.write(batch);
  }
}

/** An Arrow file that is being written. */
class BatchFile {
  readonly #file: AtomicFile;
  readonly #writer = new RecordBatchFileWriter();
  readonly #chunks = this.#writer[Symbol.asyncIterator]();
  /** A request to the queue that is still pending. */
  #next: Promise<IteratorResult<Uint8Array>> | undefined;
  #schema: Schema | undefined;

  constructor(file: AtomicFile) {
    this.#file = file;
  }

  /** Writes the schema, the first time; the same one is returned from then on. */
  start(make: () => Schema): Schema {
    if (this.#schema === undefined) {
      this.#schema = make();
      this.#writer.reset(undefined, this.#schema);
    }
    return this.#schema;
  }

  async write(batch: RecordBatch): Promise<void> {
    this.#writer.write(batch);
    await this.#drain(false);
  }

  async end(): Promise<void> {
    this.#writer.close();
    await this.#drain(true);
  }

  commit(): Promise<void> {
    return this.#file.commit();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }

  /** Moves the bytes that the encoder has put into its queue into the file. */
  async #drain(toEnd: boolean): Promise<void> {
    const pieces: Uint8Array[] = [];
    for (;;) {
      this.#next ??= this.#chunks.next();
      const result = toEnd ? await this.#next : await Promise.race([this.#next, queueIsEmpty()]);
      if (result === 'empty') break;
      this.#next = undefined;
      if (result.done === true) break;
      pieces.push(result.value);
    }
    // A batch has several chunks for each column, most of a few bytes: one call writes all of them.
    if (pieces.length > 0) await this.#file.write(Buffer.concat(pieces));
  }
}

function queueIsEmpty(): Promise<'empty'> {
  // A chunk that waits in the queue arrives in a microtask, before this.
  return new Promise((resolve) => setImmediate(resolve, 'empty'));
}

/** Approximate memory of values in bytes; a text counts as a reference to 16 bytes or more. */
function bytesOf(values: ColumnValues): number {
  if (isText(values)) return values.length * 16;
  return 'size' in values ? values.values.byteLength : values.byteLength;
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

/** The first rows define the length of a column's vectors. */
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
