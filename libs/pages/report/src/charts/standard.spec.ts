import { describe, expect, it } from 'vitest';
import { reliabilityChart, rocChart } from './standard.js';

const paths = (chart: string) =>
  [...chart.matchAll(/<path\s+d="([^"]*)"[^>]*data-series="([^"]*)"/g)].map((match) => [match[2], match[1]]);

// Both axes run from 0 to 1 whatever the points are: x from 46 to 548, y from 284 up to 10.
describe('rocChart', () => {
  it('draws the curves, and the diagonal of chance dashed', () => {
    const chart = rocChart([{ name: 'any', points: [[0, 0], [0.25, 0.5], [1, 1]] }], 'd').text; // prettier-ignore
    expect(paths(chart)).toEqual([
      ['any', 'M46 284L171.5 147L548 10'],
      ['chance', 'M46 284L548 10'],
    ]);
    expect(chart).toContain('false positive rate (1 - specificity)');
    expect(chart.match(/stroke-dasharray="5 4"/g)).toHaveLength(1);
  });
});

describe('reliabilityChart', () => {
  it('draws bins with dots against the diagonal of perfect calibration', () => {
    const chart = reliabilityChart([{ name: 'any', points: [[0.5, 0.25]], color: '#123456' }], 'd').text;
    expect(paths(chart)).toEqual([
      ['any', 'M297 215.5'],
      ['perfectly calibrated', 'M46 284L548 10'],
    ]);
    expect(chart).toMatch(/<circle\s+cx="297"\s+cy="215.5"\s+r="3"\s+fill="#123456"/);
    expect(chart.match(/<circle/g)).toHaveLength(1);
  });
});
