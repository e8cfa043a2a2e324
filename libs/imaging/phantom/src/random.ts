import { present } from '@ichor/files/present';
import { fnv1a, mix32, sfc32 } from '@ichor/files/random';

const FNV_OFFSET = 0x811c9dc5;

/** A stream of pseudo-random numbers that depends on its seed alone. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Whole number in [low, high], both included. */
  integer(low: number, high: number): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
  /** Normal around `mean`, cut at three standard deviations so that no head is extreme. */
  around(mean: number, deviation: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** A new array in random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** `digits` lower-case hexadecimal digits. */
  hex(digits: number): string;
}

/**
 * The stream named by `parts` (for example seed, 'patient', 17): sfc32, seeded by a hash of the name,
 * so that each patient has its own stream whichever worker draws it.
 */
export function createRandom(...parts: readonly (string | number)[]): Random {
  const name = parts.join('/');
  // Three hashes of the name, each mixed: near seeds give unrelated streams.
  const state = (salt: number) => mix32(fnv1a(name, FNV_OFFSET ^ salt));
  const word = sfc32([state(1), state(2), state(3)], 12);
  const next = () => word() / 2 ** 32;
  const random: Random = {
    next,
    between: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor((high - low + 1) * next()),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    around: (mean, deviation) => mean + deviation * Math.max(-3, Math.min(3, random.normal())),
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('cannot pick from an empty list');
      return item;
    },
    shuffle: (items) => {
      const result = [...items];
      for (let i = result.length - 1; i > 0; i--) {
        const j = Math.floor(next() * (i + 1));
        [result[i], result[j]] = [present(result[j]), present(result[i])];
      }
      return result;
    },
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join(''),
  };
  return random;
}
