/** Kinds of columns; each is one Arrow type and one JavaScript type. */
export type ColumnKind = 'utf8' | 'int8' | 'int16' | 'int32' | 'float32' | 'float64' | 'vector';

/**
 * One column of a table schema.
 *
 * Nulls: a nullable text column holds `null`; a nullable float column holds NaN in memory and a null in
 * the file (so NaN itself cannot be stored there); integers and vectors are never null.
 */
export interface ColumnSpec<K extends ColumnKind = ColumnKind, N extends boolean = boolean> {
  readonly kind: K;
  readonly nullable: N;
  /** What the column holds, from the field's vocabulary; stored in the file. */
  readonly description: string;
  /** Unit of the values (`HU`, `mm`, `probability`…); stored in the file. */
  readonly unit: string | undefined;
}

/** Rows of float vectors of one length, row after row: row i is `values.subarray(i * size, (i + 1) * size)`. */
export interface VectorColumn {
  readonly size: number;
  readonly values: Float32Array;
}

export type ColumnValues =
  | readonly string[]
  | readonly (string | null)[]
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array
  | VectorColumn;

/** The type of a column in memory, from its spec. */
export type ValuesOf<C extends ColumnSpec> =
  C extends ColumnSpec<'utf8', false>
    ? readonly string[]
    : C extends ColumnSpec<'utf8', true>
      ? readonly (string | null)[]
      : C extends ColumnSpec<'int8'>
        ? Int8Array
        : C extends ColumnSpec<'int16'>
          ? Int16Array
          : C extends ColumnSpec<'int32'>
            ? Int32Array
            : C extends ColumnSpec<'float32'>
              ? Float32Array
              : C extends ColumnSpec<'float64'>
                ? Float64Array
                : C extends ColumnSpec<'vector'>
                  ? VectorColumn
                  : never;

const column =
  <K extends ColumnKind, N extends boolean>(kind: K, nullable: N) =>
  (description: string, unit?: string): ColumnSpec<K, N> => ({ kind, nullable, description, unit });

export const utf8 = column('utf8', false);
export const nullableUtf8 = column('utf8', true);
export const int8 = column('int8', false);
/** @public No table of Ichor has such a column, but other projects' tables may. */
export const int16 = column('int16', false);
export const int32 = column('int32', false);
export const float32 = column('float32', false);
export const nullableFloat32 = column('float32', true);
export const float64 = column('float64', false);
export const nullableFloat64 = column('float64', true);
/** Float32 vectors of one length per file; the length is that of the first rows written. */
export const vector = column('vector', false);

/** Number of rows of a column. */
export function rowsOf(values: ColumnValues): number {
  if (isText(values)) return values.length;
  if ('size' in values) return values.size === 0 ? 0 : values.values.length / values.size;
  return values.length;
}

export function isText(values: ColumnValues): values is readonly (string | null)[] {
  return Array.isArray(values);
}
