import { CsvError, parse } from 'csv-parse/sync';

/**
 * Cells of a CSV (RFC 4180), row by row: quoted cells may hold commas, quotes and line breaks; empty lines are none.
 *
 * @throws RangeError that names the line. The messages of csv-parse hold cells, which may be names of patients
 */
export function csvRows(text: string): string[][] {
  try {
    return parse(text, {
      bom: true,
      // Files that were put together have both.
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch (cause) {
    const line = cause instanceof CsvError ? cause['lines'] : undefined;
    throw new RangeError(`line ${String(line ?? 1)} is not CSV`);
  }
}
