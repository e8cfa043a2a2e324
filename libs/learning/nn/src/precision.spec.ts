import { describe, expect, it } from 'vitest';
import { halfBits } from './precision.js';

const bits = (precision: 'bf16' | 'float16', ...values: number[]) =>
  [...halfBits(Float32Array.from(values), precision, 'w')].map((word) => word.toString(16).padStart(4, '0'));

describe('half precision', () => {
  it('rounds to the nearest binary16, ties to even', () => {
    // numpy: numpy.array(values, numpy.float32).astype(numpy.float16).view(numpy.uint16)
    expect(bits('float16', 1, -2, 1 / 3, 0.1, 65504, -0)).toEqual([
      '3c00',
      'c000',
      '3555',
      '2e66',
      '7bff',
      '8000',
    ]);
    // Halfway between 1 and 1 + 2^-10, then halfway to the next; just above halfway.
    expect(bits('float16', 1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20)).toEqual([
      '3c00',
      '3c02',
      '3c01',
    ]);
    // The smallest, half of it, three halves of it, the largest subnormal and the smallest normal.
    expect(bits('float16', 2 ** -24, 2 ** -25, 3 * 2 ** -25, 1023 * 2 ** -24, 2 ** -14)).toEqual([
      '0001',
      '0000',
      '0002',
      '03ff',
      '0400',
    ]);
    // A carry into the exponent.
    expect(bits('float16', 2 - 2 ** -12)).toEqual(['4000']);
  });

  it('keeps the upper half of a float32 as bf16', () => {
    // PyTorch: torch.tensor(values).to(torch.bfloat16).view(torch.uint16)
    expect(bits('bf16', 1, -2, 1 / 3, 0.1, 1e38)).toEqual(['3f80', 'c000', '3eab', '3dcd', '7e96']);
    expect(bits('bf16', 1 + 2 ** -8, 1 + 3 * 2 ** -8)).toEqual(['3f80', '3f82']);
  });

  it('refuses what it cannot hold', () => {
    expect(() => bits('float16', 65520)).toThrow(/w holds 65520, which float16 cannot/);
    expect(bits('float16', 65519)).toEqual(['7bff']);
    expect(() => bits('bf16', NaN)).toThrow(/w holds NaN/);
  });
});
