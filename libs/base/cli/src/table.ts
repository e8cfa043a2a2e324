import { formatNumber } from './duration.js';

export type Cell = string | number | null | undefined;

/**
 * An aligned plain-text table: numbers to the right, text to the left.
 *
 * @param digits decimals of the numbers that are not integers; default about three significant digits
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  { digits }: { readonly digits?: number } = {},
): string {
  const show = (cell: Cell) => {
    if (cell === null || cell === undefined) return '-';
    if (typeof cell === 'string') return cell;
    return digits === undefined || Number.isInteger(cell) ? formatNumber(cell) : cell.toFixed(digits);
  };
  const texts = rows.map((row) => header.map((_, column) => show(row[column])));
  const widths = header.map((title, column) =>
    Math.max(width(title), ...texts.map((row) => width(row[column] ?? ''))),
  );
  const numeric = header.map((_, column) => {
    const cells = rows.map((row) => row[column]).filter((cell) => cell !== null && cell !== undefined);
    return cells.length > 0 && cells.every((cell) => typeof cell === 'number');
  });
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const gap = ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell)));
        return numeric[column] === true ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((n) => '-'.repeat(n))), ...texts.map(line)].join('\n');
}

function width(text: string): number {
  return [...text].length;
}
