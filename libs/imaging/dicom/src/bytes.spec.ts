import { describe, expect, it } from 'vitest';
import { concatBytes, indexOfBytes, latin1, uint16At, uint32At } from './bytes.js';

/** Oracle: Node's Buffer. */
const buffer = Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * 167 + (i >> 3)) & 0xff));
const bytes = new Uint8Array(buffer);

describe('numbers and text in bytes', () => {
  it('reads numbers in both orders', () => {
    for (let at = 0; at < 300; at++) {
      expect(uint16At(bytes, at)).toBe(buffer.readUInt16LE(at));
      expect(uint16At(bytes, at, true)).toBe(buffer.readUInt16BE(at));
      expect(uint32At(bytes, at)).toBe(buffer.readUInt32LE(at));
      expect(uint32At(bytes, at, true)).toBe(buffer.readUInt32BE(at));
    }
  });

  it('reads nothing beyond the end', () => {
    expect(() => uint16At(bytes, 8999)).toThrow(RangeError);
    expect(() => uint32At(bytes, 8997)).toThrow(RangeError);
    expect(() => uint16At(bytes, -1)).toThrow(RangeError);
    expect(uint32At(bytes, 8996)).toBe(buffer.readUInt32LE(8996));
  });

  it('reads text of all 256 characters, longer than one call takes', () => {
    expect(latin1(bytes)).toBe(buffer.toString('latin1'));
    expect(latin1(bytes, 5, 5)).toBe('');
    expect(latin1(bytes, 3, 4200)).toBe(buffer.toString('latin1', 3, 4200));
  });

  it('finds patterns', () => {
    for (const at of [0, 17, 8998]) {
      const pattern = [...bytes.subarray(at, at + 4)];
      for (const from of [0, at, at + 1]) {
        expect(indexOfBytes(bytes, pattern, from)).toBe(buffer.indexOf(Buffer.from(pattern), from));
      }
    }
    expect(indexOfBytes(Uint8Array.of(1, 1, 2), [1, 2, 3], 0)).toBe(-1);
  });

  it('joins', () => {
    expect(concatBytes([bytes.subarray(0, 3), bytes.subarray(3, 3), bytes.subarray(3, 7)])).toEqual(
      bytes.subarray(0, 7),
    );
  });
});
