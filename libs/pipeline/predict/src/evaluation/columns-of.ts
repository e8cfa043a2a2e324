import { readFile } from 'node:fs/promises';
import { IchorError, messageOf } from '@ichor/files';
import { csvRows } from './csv-rows.js';

/** A CSV with access to its columns by name. */
export interface CsvColumns {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The cell of a row in a column; undefined where there is no such column. */
  cell(row: readonly string[], column: string): string | undefined;
}

/** @throws IchorError `evaluate/unreadable` when the file is not there or no CSV with these columns */
export async function readColumns(
  path: string,
  needed: readonly string[],
  remedy: string,
): Promise<CsvColumns> {
  const fail = (reason: string, cause?: unknown) =>
    new IchorError({ code: 'evaluate/unreadable', file: path, reason, remedy, ...(cause ? { cause } : {}) });
  let all: string[][];
  try {
    all = csvRows(await readFile(path, 'utf8'));
  } catch (cause) {
    throw fail(`cannot be read: ${messageOf(cause)}`, cause);
  }
  const [header = [], ...rows] = all;
  const missing = needed.filter((column) => !header.includes(column));
  if (missing.length > 0) throw fail(`has no column ${missing.join(', ')}`);
  const places = new Map(header.map((name, place) => [name, place]));
  return {
    header,
    rows,
    cell: (row, column) => {
      const place = places.get(column);
      return place === undefined ? undefined : row[place];
    },
  };
}
