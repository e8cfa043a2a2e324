/** The offset basis of the 32-bit FNV-1a hash. */
const FNV_BASIS = 0x811c9dc5;

/**
 * 32-bit FNV-1a hash (draft of Fowler, Noll and Vo) of the UTF-16 code units of `text`; for ASCII these are its bytes.
 * Another `basis` gives an independent hash.
 */
export function fnv1a(text: string, basis = FNV_BASIS): number {
  let hash = basis;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Finalizer of MurmurHash3 (Appleby): every bit of the result depends on every bit of `x`. */
export function mix32(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * sfc32 (Doty-Humphrey, PractRand): 32-bit words from three words of state.
 *
 * @param warmUp first outputs that are discarded, so that near states give unrelated streams
 */
export function sfc32(state: readonly [number, number, number], warmUp: number): () => number {
  let [a, b, c] = state;
  let counter = 1;
  const word = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < warmUp; round++) word();
  return word;
}

/**
 * A stream of random numbers that belongs to one key, e.g. (seed, epoch, slice, pass).
 *
 * Every sample draws from its own stream: the numbers do not depend on the worker that augments it or on the
 * order. Generator: sfc32 (Chris Doty-Humphrey, PractRand), keyed by the FNV-1a hash of the parts and mixed by
 * discarding the first outputs.
 */
export class RandomStream {
  readonly #word: () => number;

  constructor(...key: readonly (number | string)[]) {
    const text = key.join('\u0000');
    this.#word = sfc32([fnv1a(text), fnv1a(text, 0x9e3779b9), fnv1a(text, 0x85ebca6b)], 15);
  }

  /** Uniform in [0, 1), 32 random bits. */
  next(): number {
    return this.#word() / 4294967296;
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Uniform among 0 .. count - 1. */
  integer(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(items.length)];
    if (item === undefined) throw new RangeError('cannot pick from an empty list');
    return item;
  }

  bernoulli(probability: number): boolean {
    return this.next() < probability;
  }

  /** A standard normal number (Box-Muller transform). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  /** Shuffles in place (Fisher-Yates). */
  shuffle(values: Int32Array): Int32Array {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const value = values[last]!;
      values[last] = values[other]!;
      values[other] = value;
    }
    return values;
  }
}
