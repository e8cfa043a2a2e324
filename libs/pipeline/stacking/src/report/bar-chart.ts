export interface Bar {
  readonly name: string;
  readonly value: number;
}

const ROW = 18;
const LABEL_WIDTH = 430;
const BAR_WIDTH = 420;
const TOP = 36;

/** Horizontal bars, longest value across the whole width, as a standalone SVG. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const largest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const width = LABEL_WIDTH + BAR_WIDTH + 90;
  const height = TOP + bars.length * ROW + 12;
  const rows = bars.map(({ name, value }, index) => {
    const y = TOP + index * ROW;
    const length = (BAR_WIDTH * Math.max(value, 0)) / largest;
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${y + 12}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y + 2}" width="${length.toFixed(1)}" height="${ROW - 5}" fill="#2f6f8f"/>`,
      `<text x="${(LABEL_WIDTH + length + 6).toFixed(1)}" y="${y + 12}">${value.toPrecision(3)}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="12" y="20" font-size="14">${escaped(title)}</text>`,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? character);
}
