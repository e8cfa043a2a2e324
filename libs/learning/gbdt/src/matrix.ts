import { GbdtError } from './error.js';

/** Features of many rows in one block of memory. Missing values are NaN. */
export interface FeatureMatrix {
  readonly rows: number;
  /** One name a column, without spaces and without any of `" , : [ ] { }`. */
  readonly names: readonly string[];
  /** `column`: the rows of the first column first; `row`: the columns of the first row first. */
  readonly order: 'column' | 'row';
  /** rows * columns values. */
  readonly data: Float32Array;
}

/** LightGBM writes names into a text format and refuses these. */
const FORBIDDEN = /[\s",:[\]{}]/;

/** @throws GbdtError `gbdt/matrix` */
export function checkMatrix({ rows, names, data }: FeatureMatrix): void {
  const fail = (reason: string) => new GbdtError({ code: 'gbdt/matrix', reason });
  if (rows === 0 || names.length === 0) throw fail(`a matrix of ${rows} rows and ${names.length} columns`);
  if (rows * names.length !== data.length) {
    throw fail(
      `${rows} rows of ${names.length} columns need ${rows * names.length} values, got ${data.length}`,
    );
  }
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name) || name === '' || FORBIDDEN.test(name)) {
      throw fail(`the column name ${JSON.stringify(name)} is doubled, empty or holds a reserved character`);
    }
    seen.add(name);
  }
}

/** The distance between neighbours of a row and of a column in `data`. */
export function strides({ rows, names, order }: FeatureMatrix): {
  readonly row: number;
  readonly column: number;
} {
  return order === 'row' ? { row: names.length, column: 1 } : { row: 1, column: rows };
}
