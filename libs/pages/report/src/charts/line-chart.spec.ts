import { describe, expect, it } from 'vitest';
import { lineChart, type LineChartOptions } from './line-chart.js';

const draw = (options: Partial<LineChartOptions>) =>
  lineChart({ series: [], x: 'x', y: 'y', description: 'd', ...options }).text;
const pathOf = (chart: string) => /<path\s+d="([^"]*)"/.exec(chart)?.[1];

// Of 560 x 320 units the margins take 46 left, 12 right, 10 above and 36 below: x from 46 to 548, y from 284 up to 10.
describe('lineChart', () => {
  it('puts the points where the axes say', () => {
    const points = [[0, 0], [5, 1], [10, 0.5]] as const; // prettier-ignore
    expect(pathOf(draw({ series: [{ name: 's', points }] }))).toBe('M46 284L297 10L548 147');
    const [xDomain, yDomain] = [[0, 20], [-1, 1]] as const; // prettier-ignore
    expect(pathOf(draw({ series: [{ name: 's', points }], xDomain, yDomain }))).toBe(
      'M46 147L171.5 10L297 78.5',
    );
  });

  it('breaks the line where a value is missing, and puts a dot at every other point', () => {
    const points = [[0, 0], [1, NaN], [2, 1], [3, 0]] as const; // prettier-ignore
    const chart = draw({ series: [{ name: 's', points, dots: true }] });
    expect(pathOf(chart)?.replace(/[\d. -]+/g, '')).toBe('MML');
    expect(chart.match(/<circle/g)).toHaveLength(3);
  });

  it('takes ticks from the domain, whole ones where things are counted', () => {
    const epochs = { series: [{ name: 's', points: [[0, 0], [2, 1]] as const }] }; // prettier-ignore
    const labels = (chart: string) =>
      [...chart.matchAll(/y="300" text-anchor="middle">([^<]*)</g)].map((match) => match[1]);
    expect(labels(draw(epochs))).toEqual(['0', '0.5', '1', '1.5', '2']);
    expect(labels(draw({ ...epochs, wholeX: true }))).toEqual(['0', '1', '2']);
  });

  it('names series, axes and itself, escaped', () => {
    const chart = draw({ series: [{ name: 'a < b', points: [] }], x: 'x & x', description: '"d"', id: 'c' });
    expect(chart).toContain('aria-label="&quot;d&quot;"');
    expect(chart).toContain('id="c"');
    expect(chart).toMatch(/<text[^>]*>\s*x &amp; x\s*<\/text>/);
    expect(chart).toContain('data-series="a &lt; b"');
    expect(chart).toContain('</i>a &lt; b</li>');
  });

  it('draws axes from 0 to 1 without any point', () => {
    const chart = draw({ series: [{ name: 's', points: [[NaN, 1]] }] });
    expect(pathOf(chart)).toBe('');
    expect(chart).toContain('data-low="0"');
    expect(chart).toContain('data-high="1"');
  });

  it('gives labels their colour of the theme, others one after the other, and dashes in line and legend', () => {
    const points = [[0, 0], [1, 1]] as const; // prettier-ignore
    const names = ['any', 'subdural', 'mean', 'max'].map((name) => ({
      name,
      points,
      dashed: name === 'max',
    }));
    const chart = draw({ series: names });
    const colors = [...chart.matchAll(/stroke="([^"]*)"/g)].map((match) => match[1]);
    expect(colors).toEqual(['var(--ink)', 'var(--subdural)', 'var(--series-2)', 'var(--series-3)']);
    expect([...chart.matchAll(/stroke-dasharray="([^"]*)"/g)].map((match) => match[1])).toEqual(['none', 'none', 'none', '5 4']); // prettier-ignore
    expect(chart).toContain('repeating-linear-gradient(90deg, var(--series-3)');
  });
});
