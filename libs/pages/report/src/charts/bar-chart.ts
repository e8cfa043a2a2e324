import { escapeHtml } from '../html.js';

export interface Bar {
  readonly name: string;
  /** Zero or more; anything below zero has no length. */
  readonly value: number;
}

const rowHeight = 18;
const labelWidth = 430;
const barWidth = 420;
const valueWidth = 90;
const top = 36;
const bottom = 12;

/**
 * Horizontal bars as an SVG file of its own (lines of a page: `lineChart`). The largest value takes the whole width, each
 * bar has its name before it and its value, with three digits, after it.
 */
export function barChartFile(title: string, bars: readonly Bar[]): string {
  const largest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const width = labelWidth + barWidth + valueWidth;
  const height = top + bars.length * rowHeight + bottom;
  const rows = bars.map(({ name, value }, index) => {
    const y = top + index * rowHeight;
    const length = (barWidth * Math.max(value, 0)) / largest;
    return [
      `<text x="${labelWidth - 8}" y="${y + 12}" text-anchor="end">${escapeHtml(name)}</text>`,
      `<rect x="${labelWidth}" y="${y + 2}" width="${length.toFixed(1)}" height="${rowHeight - 5}" fill="#2f6f8f"/>`,
      `<text x="${(labelWidth + length + 6).toFixed(1)}" y="${y + 12}">${value.toPrecision(3)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="12" y="20" font-size="14">${escapeHtml(title)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}
