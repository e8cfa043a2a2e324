/** 32-bit FNV-1a hash of the UTF-8 bytes of `text` (RFC draft of Fowler, Noll and Vo). */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/**
 * `u` in [0, 1) for every index of the tensor `name`: the golden-ratio sequence that starts at the hash of
 * the name, through the finalizer of MurmurHash3, over 2^32.
 */
export function uniform(name: string, count: number): Float64Array {
  const hash = fnv1a(name);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let z = (hash + Math.imul(i, 0x9e3779b9)) | 0;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    values[i] = ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  }
  return values;
}
