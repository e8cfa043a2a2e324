import { fnv1a, mix32 } from '@ichor/files/random';

/**
 * A value for every index of the tensor `name`, from `u` in [0, 1): the golden-ratio sequence that starts at
 * the hash of the name, through the finalizer of MurmurHash3, over 2^32. `from` computes in double precision;
 * the result is rounded once.
 */
export function generate(name: string, count: number, from: (u: number) => number): Float32Array {
  const values = new Float32Array(count);
  let state = fnv1a(name) | 0;
  for (let i = 0; i < count; i++) {
    values[i] = from(mix32(state) / 2 ** 32);
    state = (state + 0x9e3779b9) | 0;
  }
  return values;
}
