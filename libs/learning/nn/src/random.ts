/** FNV-1a of a string's UTF-16 code units: spreads names over seeds. */
export function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Finalizer of MurmurHash3: every bit of the result depends on every bit of `x`. */
function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

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
