import { present } from '@ichor/files/present';
import type { RecordBatch } from 'apache-arrow';
import type { ColumnValues } from './column.js';
import { concat, emptyColumn } from './concat.js';
import { decodeColumn } from './decode.js';
import { recordBatches } from './record-batches.js';
import type { ColumnsOf, TableSchema } from './schema.js';

/** Columns of a table (or of a piece of one) in memory. */
export interface Table<S extends TableSchema, K extends keyof S['columns'] = keyof S['columns']> {
  readonly rows: number;
  readonly columns: Pick<ColumnsOf<S>, K>;
  /** Notes stored in the file: `ichor.table`, `ichor.version`, and what the writer added. */
  readonly metadata: ReadonlyMap<string, string>;
}

export interface ReadOptions<K> {
  /** Only these columns; default all. */
  readonly columns?: readonly K[];
}

/**
 * Reads a table of one schema.
 *
 * Float columns have NaN where the file has a null; text columns that may be null have `null`.
 *
 * @throws TableError `tables/missing`, `tables/damaged` (not Arrow, or cut off), `tables/schema-mismatch`
 *   with every difference spelled out.
 */
export async function readTable<
  S extends TableSchema,
  K extends keyof S['columns'] & string = keyof S['columns'] & string,
>(path: string, schema: S, options: ReadOptions<K> = {}): Promise<Table<S, K>> {
  const names = options.columns ?? Object.keys(schema.columns);
  const pieces = names.map((): ColumnValues[] => []);
  let metadata: ReadonlyMap<string, string> = new Map();
  let rows = 0;
  for await (const item of recordBatches(path, schema)) {
    metadata = item.schema.metadata;
    if (item.batch === undefined) continue;
    rows += item.batch.numRows;
    for (const [i, name] of names.entries())
      present(pieces[i]).push(decodeColumn(item.batch, name, present(schema.columns[name]), path));
  }
  const columns = new Map(
    names.map((name, i) => {
      const collected = present(pieces[i]);
      pieces[i] = [];
      return [name, collected.length === 0 ? emptyColumn(present(schema.columns[name])) : concat(collected)];
    }),
  );
  return { rows, columns: typed<S, K>(columns), metadata };
}

/** Reads a table piece by piece: memory holds one record batch. Errors as in `readTable`. */
export async function* readBatches<
  S extends TableSchema,
  K extends keyof S['columns'] & string = keyof S['columns'] & string,
>(path: string, schema: S, options: ReadOptions<K> = {}): AsyncGenerator<Table<S, K>> {
  const names = options.columns ?? Object.keys(schema.columns);
  const decode = (batch: RecordBatch) =>
    new Map(names.map((name) => [name, decodeColumn(batch, name, present(schema.columns[name]), path)]));
  for await (const { schema: found, batch } of recordBatches(path, schema)) {
    if (batch === undefined) continue;
    yield { rows: batch.numRows, columns: typed<S, K>(decode(batch)), metadata: found.metadata };
  }
}

/** The file's schema was already compared with `S`: each column has the type that `S` gives it. */
function typed<S extends TableSchema, K extends keyof S['columns']>(
  columns: ReadonlyMap<string, ColumnValues>,
): Pick<ColumnsOf<S>, K> {
  return Object.fromEntries(columns) as Pick<ColumnsOf<S>, K>;
}

/** The notes stored in a table's file, without reading its rows. Errors as in `readTable`. */
export async function readMetadata(path: string, schema: TableSchema): Promise<ReadonlyMap<string, string>> {
  for await (const item of recordBatches(path, schema)) return item.schema.metadata;
  return new Map();
}
