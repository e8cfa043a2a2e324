/** 32-bit FNV-1a hash of the UTF-8 bytes of `text` (RFC draft of Fowler, Noll and Vo). */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * A value for every index of the tensor `name`, from `u` in [0, 1): the golden-ratio sequence that starts at
 * the hash of the name, through the finalizer of MurmurHash3, over 2^32. `from` computes in double precision;
 * the result is rounded once.
 */
export function generate(name: string, count: number, from: (u: number) => number): Float32Array {
  const values = new Float32Array(count);
  let state = fnv1a(name) | 0;
  for (let i = 0; i < count; i++) {
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    values[i] = from(((z ^ (z >>> 16)) >>> 0) / 2 ** 32);
    state = (state + 0x9e3779b9) | 0;
  }
  return values;
}
