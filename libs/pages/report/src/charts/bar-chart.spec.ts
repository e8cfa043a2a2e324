import { describe, expect, it } from 'vitest';
import { barChartFile } from './bar-chart.js';

const lengths = (svg: string) =>
  [...svg.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)"/g)].map((match) => Number(match[1]));

describe('barChartFile', () => {
  it('draws lengths in proportion to the largest value, which is 420 units long', () => {
    const svg = barChartFile('Gain', [
      { name: 'a', value: 8 },
      { name: 'b', value: 2 },
      { name: 'c', value: 0 },
    ]);
    expect(lengths(svg)).toEqual([420, 105, 0]);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="940" height="102"/);
    expect(svg.endsWith('</svg>\n')).toBe(true);
  });

  it('writes names and values, and escapes what would be markup', () => {
    const svg = barChartFile('a < b & c', [{ name: '<any>"', value: 1234.5678 }]);
    expect(svg).toContain('>a &lt; b &amp; c</text>');
    expect(svg).toContain('>&lt;any&gt;&quot;</text>');
    expect(svg).toContain('>1.23e+3</text>');
    expect(svg).not.toContain('<any>');
  });

  it('gives negative values no length, and copes without any gain or any bar', () => {
    expect(lengths(barChartFile('t', [{ name: 'a', value: -3 }, { name: 'b', value: 1 }]))).toEqual([0, 420]); // prettier-ignore
    expect(lengths(barChartFile('t', [{ name: 'a', value: 0 }]))).toEqual([0]);
    expect(barChartFile('t', [])).toContain('height="48"');
  });
});
