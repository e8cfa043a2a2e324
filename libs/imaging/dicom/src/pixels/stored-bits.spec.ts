import { describe, expect, it } from 'vitest';
import type { PixelLayout, StoredArray } from './layout.js';
import { keepStoredBits } from './stored-bits.js';

const layout = (bitsAllocated: 8 | 16 | 32, bitsStored: number, signed: boolean): PixelLayout => ({
  rows: 1,
  columns: 1,
  frames: 1,
  bitsAllocated,
  bitsStored,
  highBit: bitsStored - 1,
  signed,
});

/** PS3.5 section 8.1.1 value by value: the lower bits, with the sign of the highest of them. */
function bruteForce(data: StoredArray, bits: number, signed: boolean): number[] {
  return Array.from(data, (value) => {
    const low = ((value % 2 ** bits) + 2 ** bits) % 2 ** bits;
    return signed && low >= 2 ** (bits - 1) ? low - 2 ** bits : low;
  });
}

const clean = { signed: [-2048, -1, 0, 1, 2047, 7, -9], unsigned: [0, 1, 4095, 7, 2048, 9, 5] };
// Each value in turn has other bits above its 12 bits.
const dirt = clean.signed.map((_, at) => at);

describe('keepStoredBits', () => {
  // At an even and at an odd 16-bit position, of even and odd length: words of two values and single values at the ends.
  it.each([0, 1])('of 16-bit values that begin %i values after a word', (shift) => {
    for (const length of [0, 1, 2, 6, 7]) {
      const int = Int16Array.from([0, ...clean.signed]).subarray(1 - shift, 1 - shift + length);
      const uint = Uint16Array.from([0, ...clean.unsigned]).subarray(1 - shift, 1 - shift + length);
      expect(keepStoredBits(int, layout(16, 12, true))).toBe(int);
      expect(keepStoredBits(uint, layout(16, 12, false))).toBe(uint);
      for (const at of dirt.slice(0, length)) {
        for (const [source, signed] of [
          [int, true],
          [uint, false],
        ] as const) {
          const dirty = source.slice();
          dirty[at]! ^= 0x1000;
          const moved = new Uint8Array(2 * (length + 2));
          const view = signed
            ? new Int16Array(moved.buffer, 2 * shift, length)
            : new Uint16Array(moved.buffer, 2 * shift, length);
          view.set(dirty);
          const kept = keepStoredBits(view, layout(16, 12, signed));
          expect([...kept]).toEqual(bruteForce(view, 12, signed));
          expect([...kept]).toEqual([...source]);
        }
      }
    }
  });

  it('of 8- and 32-bit values', () => {
    const bytes = Int8Array.of(-8, 7, 9, 0);
    expect([...keepStoredBits(bytes, layout(8, 4, true))]).toEqual(bruteForce(bytes, 4, true));
    const words = Uint32Array.of(5, 2 ** 31 + 6);
    expect([...keepStoredBits(words, layout(32, 20, false))]).toEqual([5, 6]);
  });
});
