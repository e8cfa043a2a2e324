import { openAtomic, printableLine, type AtomicFile } from '@ichor/files';

export type CsvCell = string | number | undefined;

/**
 * Quotes as RFC 4180 asks; a cell that a spreadsheet would read as a formula gets a quote in front, and invisible characters are written
 * as `\\u001b`.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: CsvCell): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : '';
  const shown = printableLine(value);
  const harmless = /^[=+\-@]/.test(shown) ? `'${shown}` : shown;
  return /[",]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A CSV that grows study by study and appears when complete. */
export class CsvFile {
  readonly #file: AtomicFile;

  private constructor(file: AtomicFile) {
    this.#file = file;
  }

  static async open(path: string, header: readonly string[]): Promise<CsvFile> {
    const csv = new CsvFile(await openAtomic(path));
    await csv.append([header]);
    return csv;
  }

  async append(rows: readonly (readonly CsvCell[])[]): Promise<void> {
    await this.#file.write(rows.map(csvLine).join(''));
  }

  close(): Promise<void> {
    return this.#file.commit();
  }

  abort(): Promise<void> {
    return this.#file.abort();
  }
}
