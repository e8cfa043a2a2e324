import { IchorError } from '@ichor/files/error';

/**
 * `float16`: IEEE 754 binary16, 11 bits of precision up to 65,504. `bf16`: the upper half of a float32, 8 bits of precision and
 * the range of float32.
 */
export type Precision = 'float32' | 'bf16' | 'float16';

/** Element types of ONNX (TensorProto.DataType). */
export const ONNX_TYPE = { float32: 1, float16: 10, bf16: 16 } as const satisfies Record<Precision, number>;

/** Beyond it a number rounds to infinity in binary16. */
const FLOAT16_LIMIT = 65_520;

/**
 * The bits of numbers in half precision, each rounded to the nearest, ties to even.
 *
 * @param name of the tensor, for the message
 * @throws IchorError `nn/half-range` for a number beyond the range, or NaN
 */
export function halfBits(values: Float32Array, precision: 'bf16' | 'float16', name: string): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const convert = precision === 'bf16' ? bf16Bits : float16Bits;
  return Uint16Array.from(bits, (word, i) => {
    const value = values[i]!;
    if (!Number.isFinite(value) || (precision === 'float16' && Math.abs(value) >= FLOAT16_LIMIT)) {
      throw new IchorError({
        code: 'nn/half-range',
        reason: `${name} holds ${value}, which ${precision} cannot`,
        remedy: precision === 'float16' ? 'choose --precision bf16 or float32' : 'choose --precision float32',
      });
    }
    return convert(word, value);
  });
}

function bf16Bits(word: number): number {
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}

function float16Bits(word: number, value: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  // Below 2^-14 the steps are 2^-24 throughout.
  if (magnitude < 0x38800000) return sign | roundedToEven(Math.abs(value) * 2 ** 24);
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

function roundedToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
