import type { NarrowValues } from './pixels.js';

/** How often each stored value occurs, over the range that occurs. */
export interface Histogram {
  /** Smallest stored value. */
  readonly min: number;
  /** Largest stored value. */
  readonly max: number;
  /** Number of pixels. */
  readonly total: number;
  /** `counts[value - min]`; valid until the next call of `histogram` in this thread. */
  readonly counts: Uint32Array;
}

const CODES = 65_536;
const BLOCK_BITS = 8;
const BLOCK = 1 << BLOCK_BITS;
// Neighbouring pixels are often equal; four tables keep one increment from waiting for the one before it.
const tables = new Uint32Array(4 * CODES);
/** Which blocks of 256 codes occur: a slice uses few, and only those are summed and cleared. */
const touched = new Uint8Array(CODES / BLOCK);
const merged = new Uint32Array(CODES);

/**
 * Counts the stored values of 8- or 16-bit pixels.
 *
 * Every statistic of every window of the slice follows from it without a further look at the pixels.
 */
export function histogram(values: NarrowValues): Histogram {
  const signed = values instanceof Int8Array || values instanceof Int16Array;
  // Signed values are counted by their bit patterns; flipping the sign bit puts those in the order of the values.
  if (values.BYTES_PER_ELEMENT === 2) {
    count(new Uint16Array(values.buffer, values.byteOffset, values.length));
    return collect(values.length, CODES, signed ? CODES / 2 : 0);
  }
  count(new Uint8Array(values.buffer, values.byteOffset, values.length));
  return collect(values.length, BLOCK, signed ? BLOCK / 2 : 0);
}

function count(codes: Uint16Array | Uint8Array): void {
  const whole = codes.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    const a = codes[i]!;
    const b = codes[i + 1]!;
    const c = codes[i + 2]!;
    const d = codes[i + 3]!;
    touched[a >> BLOCK_BITS] = 1;
    touched[b >> BLOCK_BITS] = 1;
    touched[c >> BLOCK_BITS] = 1;
    touched[d >> BLOCK_BITS] = 1;
    tables[a]!++;
    tables[b + CODES]!++;
    tables[c + 2 * CODES]!++;
    tables[d + 3 * CODES]!++;
  }
  for (let i = whole; i < codes.length; i++) {
    touched[codes[i]! >> BLOCK_BITS] = 1;
    tables[codes[i]!]!++;
  }
}

/** Sums and clears the tables. Code c stands for the value (c xor flip) - flip. */
function collect(total: number, codes: number, flip: number): Histogram {
  let min = codes;
  let max = -1;
  for (let block = 0; block < codes; block += BLOCK) {
    // With 8 bits the flip stays inside the only block.
    if (touched[(block ^ flip) >> BLOCK_BITS] === 0) {
      merged.fill(0, block, block + BLOCK);
      continue;
    }
    for (let i = block; i < block + BLOCK; i++) {
      const code = i ^ flip;
      const sum =
        tables[code]! + tables[code + CODES]! + tables[code + 2 * CODES]! + tables[code + 3 * CODES]!;
      merged[i] = sum;
      if (sum > 0) {
        if (i < min) min = i;
        max = i;
      }
    }
  }
  for (let block = 0; block < codes; block += BLOCK) {
    if (touched[block >> BLOCK_BITS] === 0) continue;
    touched[block >> BLOCK_BITS] = 0;
    for (let table = 0; table < 4; table++)
      tables.fill(0, table * CODES + block, table * CODES + block + BLOCK);
  }
  if (max < 0) return { min: 0, max: -1, total, counts: merged.subarray(0, 0) };
  return { min: min - flip, max: max - flip, total, counts: merged.subarray(min, max + 1) };
}
