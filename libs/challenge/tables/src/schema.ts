import type { ColumnSpec, ValuesOf } from './column.js';

export type ColumnSpecs = Readonly<Record<string, ColumnSpec>>;

/** Name, version and columns of one kind of table. */
export interface TableSchema<C extends ColumnSpecs = ColumnSpecs> {
  /** Stored in the file as `ichor.table`. */
  readonly name: string;
  /** Stored as `ichor.version`; raised whenever the meaning or the set of columns changes. */
  readonly version: number;
  readonly description: string;
  readonly columns: C;
}

/** The columns of a table in memory. */
export type Columns<C extends ColumnSpecs> = { readonly [K in keyof C]: ValuesOf<C[K]> };

/** The columns of the table that a schema describes. */
export type ColumnsOf<S extends TableSchema> = Columns<S['columns']>;

export function defineTable<C extends ColumnSpecs>(
  name: string,
  version: number,
  description: string,
  columns: C,
): TableSchema<C> {
  return { name, version, description, columns };
}
