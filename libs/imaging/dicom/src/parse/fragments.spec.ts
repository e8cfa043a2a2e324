import { describe, expect, it } from 'vitest';
import { hex } from '../testing/flaws.js';
import { readFragments, skipFragments } from './fragments.js';

// PS3.5 table A.4-1 and A.4-2: an offset table, fragments as items, a sequence delimiter.
const table = 'feff00e0 08000000 00000000 0c000000';
const two = 'feff00e0 04000000 01020304 feff00e0 02000000 0506';
const END = 'feffdde0 00000000';

const read = (text: string, limit?: number) => {
  const bytes = hex(text);
  return readFragments(bytes, 0, limit ?? bytes.length);
};

describe('fragments', () => {
  it('follow the table of offsets', () => {
    expect(read(`${table} ${two} ${END} ffff`)).toEqual({
      offsets: [0, 12],
      fragments: [
        { start: 24, end: 28 },
        { start: 36, end: 38 },
      ],
      end: 46,
    });
    expect(read(`feff00e0 00000000 ${two} ${END}`)).toMatchObject({ offsets: [], end: 38 });
  });

  it('of pixels may end with the file instead of the delimiter', () => {
    expect(read(`${table} ${two}`).end).toBe(38);
    expect(() => skipFragments(hex(two), 0, 22, 'x00091010')).toThrow(
      expect.objectContaining({ code: 'dicom/truncated', attribute: '(0009,1010)' }),
    );
  });

  it.each([
    ['a table of 6 bytes', 'feff00e0 06000000 000000000000', 'dicom/malformed'],
    ['no item', `${table} 09001010 00000000`, 'dicom/malformed'],
    ['a fragment longer than the file', `${table} feff00e0 08000000 01020304`, 'dicom/truncated'],
    ['nothing', '', 'dicom/truncated'],
  ])('are refused: %s', (_, text, code) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code }));
  });
});
