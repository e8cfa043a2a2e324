import { present } from '@ichor/files/present';

const SIZE = 624;
const SHIFT = 397;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;
const MATRIX = 0x9908b0df;

/**
 * The Mersenne Twister MT19937 with the seeding and the draws of CPython's `random` module, so that a seed gives
 * the same sequence as `random.seed(seed)`.
 *
 * Source: Matsumoto and Nishimura, ACM TOMACS 8 (1998) 3; `init_by_array` of their mt19937ar, 2002.
 */
export class PythonRandom {
  readonly #state = new Uint32Array(SIZE);
  #next = SIZE;

  /** @param seed any whole number; as in CPython its sign does not matter. */
  constructor(seed: number | bigint) {
    this.#seedByWords(words(seed));
  }

  /** 32 random bits as an unsigned number. */
  next32(): number {
    if (this.#next === SIZE) this.#twist();
    let y = this.#state[this.#next++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** `getrandbits(bits)` for 1 to 32 bits. */
  bits(bits: number): number {
    if (!Number.isInteger(bits) || bits < 1 || bits > 32)
      throw new RangeError(`bits: expected 1 to 32, received ${bits}`);
    return this.next32() >>> (32 - bits);
  }

  /**
   * A whole number from 0 to n - 1: draws as many bits as n has and rejects values from n on.
   * `random.choice` and `random.shuffle` use it.
   */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 0xffffffff)
      throw new RangeError(`below: expected a whole number from 1 to 2^32 - 1, received ${n}`);
    const bits = 32 - Math.clz32(n);
    for (;;) {
      const drawn = this.bits(bits);
      if (drawn < n) return drawn;
    }
  }

  /** `random.choice` */
  choice<T>(items: readonly T[]): T {
    return present(items[this.below(items.length)]);
  }

  /** `random.shuffle`, in place. */
  shuffle(items: unknown[]): void {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [items[i], items[j]] = [items[j], items[i]];
    }
  }

  /** `random.random`: 53 random bits in [0, 1). */
  random(): number {
    const high = this.next32() >>> 5;
    const low = this.next32() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  #seedByWords(key: Uint32Array): void {
    const mt = this.#state;
    mt[0] = 19_650_218;
    for (let i = 1; i < SIZE; i++) mt[i] = Math.imul(1_812_433_253, mt[i - 1]! ^ (mt[i - 1]! >>> 30)) + i;
    let i = 1;
    let j = 0;
    const wrap = () => {
      if (++i === SIZE) {
        mt[0] = mt[SIZE - 1]!;
        i = 1;
      }
    };
    for (let k = Math.max(SIZE, key.length); k > 0; k--) {
      mt[i] = (mt[i]! ^ Math.imul(mt[i - 1]! ^ (mt[i - 1]! >>> 30), 1_664_525)) + key[j]! + j;
      wrap();
      j = (j + 1) % key.length;
    }
    for (let k = SIZE - 1; k > 0; k--) {
      mt[i] = (mt[i]! ^ Math.imul(mt[i - 1]! ^ (mt[i - 1]! >>> 30), 1_566_083_941)) - i;
      wrap();
    }
    mt[0] = UPPER;
  }

  #twist(): void {
    const mt = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const y = (mt[i]! & UPPER) | (mt[(i + 1) % SIZE]! & LOWER);
      mt[i] = mt[(i + SHIFT) % SIZE]! ^ (y >>> 1) ^ (y & 1 ? MATRIX : 0);
    }
    this.#next = 0;
  }
}

/** The magnitude of a whole number in 32-bit words, lowest first; zero is one word. */
function words(seed: number | bigint): Uint32Array {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed))
    throw new RangeError(`seed: expected a whole number (a bigint beyond 2^53), received ${seed}`);
  let rest = BigInt(seed);
  if (rest < 0n) rest = -rest;
  const key: number[] = [];
  do {
    key.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return Uint32Array.from(key);
}
