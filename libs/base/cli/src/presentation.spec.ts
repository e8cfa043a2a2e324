import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatNumber } from './duration.js';
import { formatTable } from './table.js';

describe('formatDuration', () => {
  it.each([
    [0.04, '0.0 s'],
    [9.94, '9.9 s'],
    [59.4, '59 s'],
    [61, '1:01'],
    [3600 + 62, '1:01:02'],
    [86_400 * 2 + 3600 * 5, '2 d 5 h'],
    [Infinity, '?'],
  ])('%f', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe('formatNumber and formatBytes', () => {
  it('keep about three digits', () => {
    expect([0.12345, 1.234, 12.34, 1234.5, 6e-5, 7, 0].map(formatNumber)).toEqual([
      '0.1235',
      '1.23',
      '12.3',
      '1235',
      '6.00e-5',
      '7',
      '0',
    ]);
    expect([12, 1536, 24 * 2 ** 30].map(formatBytes)).toEqual(['12 B', '1.5 KiB', '24.0 GiB']);
  });
});

describe('formatTable', () => {
  it('aligns numbers to the right and text to the left', () => {
    const table = formatTable(
      ['model', 'loss', 'n'],
      [
        ['xception', 0.1, 12],
        ['model-base', 0.0789, null],
      ],
      { digits: 3 },
    );
    expect(table.split('\n')).toEqual([
      'model        loss   n',
      '----------  -----  --',
      'xception    0.100  12',
      'model-base  0.079   -',
    ]);
  });
});
