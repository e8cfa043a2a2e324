import { describe, expect, it } from 'vitest';
import { FlatBuffer, int64At } from './flat-buffer.js';

/*
 * A buffer by hand (https://flatbuffers.dev/internals/), little endian: the root offset; a vtable (its size, the size of
 * the table, the offsets of the fields); the table, which begins with the distance back to its vtable.
 */
const bytes = new Uint8Array([
  16, 0, 0, 0, // 0: the root table is at 16
  10, 0, 14, 0, 4, 0, 0, 0, 6, 0, // 4: vtable of 10 bytes, fields 0 at 4, 1 not there, 2 at 6
  0, 0, // 14: padding
  12, 0, 0, 0, // 16: table, its vtable is 12 bytes before
  7, 255, // 20: field 0, an uint8 (7) or an int16 (-249)
  6, 0, 0, 0, // 22: field 2, an offset: 22 + 6 = 28
  0, 0, // 26: padding
  2, 0, 0, 0, 104, 105, // 28: a vector of two elements, "hi"
]); // prettier-ignore

const changed = (at: number, ...values: number[]) => {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return new FlatBuffer(copy);
};

describe('a table of a FlatBuffer', () => {
  it('has its fields at the places in the vtable, and zeros for fields that the vtable leaves out', () => {
    const root = new FlatBuffer(bytes).root();
    expect([root.uint8(0), root.int16(0), root.text(2)]).toEqual([7, -249, 'hi']);
    expect([root.has(0), root.has(1), root.has(2), root.has(3)]).toEqual([true, false, true, false]);
    expect([root.uint8(1), root.int64(9), root.text(1), root.tables(1), root.table(3)]).toEqual([
      0,
      0,
      '',
      [],
      undefined,
    ]);
  });

  it('returns structures as views on their bytes', () => {
    const [first, second] = new FlatBuffer(bytes).root().structures(2, 1);
    expect([first!.getUint8(0), second!.getUint8(0)]).toEqual([104, 105]);
  });

  it.each([
    ['a root beyond the end', changed(0, 200)],
    ['a vector beyond the end', changed(28, 3)],
    ['a vector of 2^32 elements', changed(28, 255, 255, 255, 255)],
    ['an offset beyond the end', changed(22, 100)],
    ['a vtable before the beginning', changed(16, 100)],
  ])('is refused: %s', (_, buffer) => {
    expect(() => buffer.root().text(2)).toThrow(RangeError);
  });

  it('is refused when its parts are read far more often than there are bytes', () => {
    const root = new FlatBuffer(bytes).root();
    expect(() => {
      for (let i = 0; i < 100; i++) root.text(2);
    }).toThrow('its parts overlap');
  });
});

describe('int64At', () => {
  it('must be exact and not negative to be a length', () => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigInt64(0, 2n ** 53n - 1n, true);
    expect(int64At(view, 0)).toBe(Number.MAX_SAFE_INTEGER);
    for (const value of [2n ** 53n, -1n]) {
      view.setBigInt64(0, value, true);
      expect(() => int64At(view, 0)).toThrow(RangeError);
    }
  });
});
