import type { Layout } from '@ichor/tables';
import { mkdir } from 'node:fs/promises';
import { TrainingError } from '../error.js';
import { writing } from '../not-writable.js';
import type { ThreadCache } from './plane-cache.js';

/** Whether decoded slices are kept after the first reading, and where. The results do not depend on it. */
export interface CacheChoice {
  readonly kind: 'off' | 'memory' | 'disk';
  /** Bytes of all threads together, in memory. Default: a quarter of the free memory. */
  readonly bytes?: number | undefined;
}

/** The rest is for the network, whose activations are not there yet. */
const DEFAULT_SHARE = 0.25;

/**
 * What each of the threads keeps.
 *
 * @param free bytes of memory, for tests
 * @throws TrainingError `training/cache` when more memory is wanted than is free, `training/not-writable`
 */
export async function threadCache(
  { kind, bytes }: CacheChoice,
  threads: number,
  paths: Layout,
  free = process.availableMemory(),
): Promise<ThreadCache | undefined> {
  if (kind === 'off') return undefined;
  if (kind === 'disk') {
    const folder = paths.model('slice_cache');
    await writing(folder, () => mkdir(folder, { recursive: true }));
    return { kind, folder };
  }
  if (bytes !== undefined && bytes > free) {
    const gib = (value: number): string => (value / 2 ** 30).toFixed(2);
    throw new TrainingError({
      code: 'training/cache',
      reason: `a cache of ${gib(bytes)} GiB is wanted, and ${gib(free)} GiB of memory are free`,
      remedy: 'choose a smaller --cache-size, or --cache disk',
    });
  }
  return { kind, bytes: Math.floor((bytes ?? DEFAULT_SHARE * free) / Math.max(1, threads)) };
}
