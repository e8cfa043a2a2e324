import { mix32 as mix } from '@ichor/files/random';

/**
 * Uniform numbers in [0, 1), a stream for each list of keys (integers), the same on every machine.
 * xoshiro128++ (Blackman and Vigna 2019), 32 bits a number.
 */
export function uniformStream(...keys: readonly number[]): () => number {
  let state = 0x9e3779b9;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state);
  };
  for (const key of keys)
    state = mix(state ^ mix(key | 0) ^ mix(Math.floor(key / 4294967296) + 0x632be5ab)) | 0;
  let a = next();
  let b = next();
  let c = next();
  let d = next() | 1;
  return () => {
    const sum = (a + d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + a) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result / 4294967296;
  };
}
