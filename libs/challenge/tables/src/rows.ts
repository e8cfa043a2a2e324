import type { ColumnSpec, ColumnValues } from './column.js';
import type { ColumnSpecs, ColumnsOf, TableSchema } from './schema.js';

type ValueOf<C extends ColumnSpec> =
  C extends ColumnSpec<'utf8', false>
    ? string
    : C extends ColumnSpec<'utf8', true>
      ? string | null
      : C extends ColumnSpec<'vector'>
        ? never
        : number;

type Row<C extends ColumnSpecs> = { readonly [K in keyof C]: ValueOf<C[K]> };

/** One row of a table without vector columns. A null number is NaN. */
export type RowOf<S extends TableSchema> = Row<S['columns']>;

/** Turns rows into the columns that the writer takes; for tables that are made row by row. */
export function columnsFromRows<S extends TableSchema>(schema: S, rows: readonly RowOf<S>[]): ColumnsOf<S> {
  const table: readonly Readonly<Record<string, unknown>>[] = rows;
  const columns = Object.entries(schema.columns).map(([name, spec]): [string, ColumnValues] => {
    const number = (row: Readonly<Record<string, unknown>>) => Number(row[name]);
    switch (spec.kind) {
      case 'utf8':
        return [name, table.map((row) => (row[name] === null ? null : String(row[name])))];
      case 'int8':
        return [name, Int8Array.from(table, number)];
      case 'int16':
        return [name, Int16Array.from(table, number)];
      case 'int32':
        return [name, Int32Array.from(table, number)];
      case 'float32':
        return [name, Float32Array.from(table, number)];
      case 'float64':
        return [name, Float64Array.from(table, number)];
      case 'vector':
        throw new TypeError(`columnsFromRows: column ${name} holds vectors`);
    }
  });
  // Each column was made from its own spec.
  return Object.fromEntries(columns) as ColumnsOf<S>;
}
