import { setImmediate as nextTurn } from 'node:timers/promises';
import { inputRecipe, Preparer, sampleSize, type Variant, withNeighbours } from '@ichor/base-model';
import type { BundledNetwork } from '@ichor/bundle';
import { present } from '@ichor/files';
import type { ReadSlice } from './read-study.js';

/** So many values of a study, over all recipes, are kept for the other networks that see the same (256 MiB). */
const keptValues = 2 ** 26;

/**
 * Network inputs of one study. Networks with the same recipe, such as the folds of a model, see the same pictures: these
 * are prepared once, unless they are too large to keep.
 */
export class PreparedInputs {
  readonly #slices: readonly ReadSlice[];
  /** By what makes the pictures: how many networks still want them, and the batches that exist. */
  readonly #kept = new Map<string, { users: number; readonly batches: Map<number, Promise<Float32Array>> }>();

  /** @param limit values that are kept at most */
  constructor(
    slices: readonly ReadSlice[],
    networks: readonly {
      readonly settings: BundledNetwork['settings'];
      readonly variants: readonly Variant[];
    }[],
    limit = keptValues,
  ) {
    this.#slices = slices;
    const recipes = new Map<string, { users: number; readonly values: number }>();
    for (const { settings, variants } of networks) {
      const key = keyOf(settings, variants);
      const values = slices.length * variants.length * sampleSize(settings);
      recipes.set(key, { users: (recipes.get(key)?.users ?? 0) + 1, values });
    }
    let left = limit;
    for (const [key, { users, values }] of recipes) {
      if (users === 1 || values > left) continue;
      left -= values;
      this.#kept.set(key, { users, batches: new Map() });
    }
  }

  /** How many slices the study has. */
  get slices(): number {
    return this.#slices.length;
  }

  /**
   * Slices `first` to `first + count` in all variants: slice after slice, variant after variant, each channels x rows x
   * columns. The array is shared: it must not be changed.
   *
   * @throws the reason of the signal
   */
  async batch(
    settings: BundledNetwork['settings'],
    variants: readonly Variant[],
    first: number,
    count: number,
    signal?: AbortSignal,
  ): Promise<Float32Array> {
    const kept = this.#kept.get(keyOf(settings, variants));
    const known = kept?.batches.get(first);
    if (known !== undefined) return known;
    const made = this.#prepare(settings, variants, first, count, signal);
    if (kept !== undefined && kept.users > 1) kept.batches.set(first, made);
    return made;
  }

  /** A network has seen the study: inputs that no other network needs are released. */
  release(settings: BundledNetwork['settings'], variants: readonly Variant[]): void {
    const key = keyOf(settings, variants);
    const kept = this.#kept.get(key);
    if (kept && --kept.users === 0) this.#kept.delete(key);
  }

  async #prepare(
    settings: BundledNetwork['settings'],
    variants: readonly Variant[],
    first: number,
    count: number,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    const preparer = new Preparer(inputRecipe(settings));
    const size = sampleSize(settings);
    const data = new Float32Array(count * variants.length * size);
    for (let i = 0; i < count; i++) {
      // Preparing does not wait for I/O, so yield to signals of the system.
      await nextTurn();
      signal?.throwIfAborted();
      const { slice } = present(this.#slices[first + i]);
      const seen = withNeighbours(this.#slices, first + i, settings.neighbours).map(({ decoded }) => decoded);
      preparer.prepareDecoded(slice.sopInstanceUid, seen, variants, data, i * variants.length * size);
    }
    return data;
  }
}

function keyOf(settings: BundledNetwork['settings'], variants: readonly Variant[]): string {
  return JSON.stringify([inputRecipe(settings), settings.neighbours, variants]);
}
