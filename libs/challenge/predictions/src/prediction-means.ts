import { present } from '@ichor/files/present';
import { LABELS } from '@ichor/tables';
import type { PredictionSet } from './prediction-set.js';

/** Rows of predictions; a slice may come several times, once for each pass, fold or model. */
export interface PredictedRows {
  readonly ids: readonly string[];
  /** One column a label. */
  readonly probabilities: readonly ArrayLike<number>[];
  /** One column a label; unknown when left out. */
  readonly targets?: readonly ArrayLike<number>[];
}

/**
 * The mean prediction of each slice over all its predictions: test-time passes, folds, models. Sums are in double
 * precision and are divided once, so that the order of the passes of a slice changes only the rounding.
 */
export class PredictionMeans {
  readonly #ids: string[];
  readonly #rowOf: Map<string, number>;
  readonly #isFixed: boolean;
  #sums: Float64Array[];
  #targets: Float64Array[];
  #counts: Uint32Array;
  #foreign = 0;

  /** @param ids the slices to keep, in this order; default: all, in the order of their first row */
  constructor(ids?: readonly string[]) {
    this.#ids = [...(ids ?? [])];
    this.#rowOf = new Map(this.#ids.map((id, row) => [id, row]));
    this.#isFixed = ids !== undefined;
    const capacity = ids?.length ?? 1024;
    this.#sums = LABELS.map(() => new Float64Array(capacity));
    this.#targets = LABELS.map(() => new Float64Array(capacity).fill(NaN));
    this.#counts = new Uint32Array(capacity);
  }

  /** Rows whose slice was not requested. */
  get foreign(): number {
    return this.#foreign;
  }

  add({ ids, probabilities, targets }: PredictedRows): void {
    for (const [i, id] of ids.entries()) {
      const row = this.#rowOf.get(id) ?? this.#append(id);
      if (row === undefined) {
        this.#foreign++;
        continue;
      }
      const isFirst = this.#counts[row]!++ === 0;
      for (let label = 0; label < LABELS.length; label++) {
        present(this.#sums[label])[row]! += present(probabilities[label])[i]!;
        if (isFirst && targets !== undefined)
          present(this.#targets[label])[row] = present(targets[label])[i]!;
      }
    }
  }

  /** Whether the slice of a row has a prediction. */
  has(row: number): boolean {
    return this.#counts[row]! > 0;
  }

  /** NaN for slices without a prediction. */
  means(): PredictionSet {
    const rows = this.#ids.length;
    const counts = this.#counts;
    return {
      ids: this.#ids,
      probabilities: this.#sums.map((sums) => sums.subarray(0, rows).map((sum, row) => sum / counts[row]!)),
      targets: this.#targets.map((targets) => targets.slice(0, rows)),
    };
  }

  #append(id: string): number | undefined {
    if (this.#isFixed) return undefined;
    const row = this.#ids.push(id) - 1;
    this.#rowOf.set(id, row);
    if (row === this.#counts.length) {
      this.#sums = this.#sums.map((sums) => grown(sums, new Float64Array(2 * row)));
      this.#targets = this.#targets.map((targets) => grown(targets, new Float64Array(2 * row).fill(NaN)));
      this.#counts = grown(this.#counts, new Uint32Array(2 * row));
    }
    return row;
  }
}

function grown<A extends Float64Array | Uint32Array>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}

/** The mean of several sets; the mean of a slice is over the sets that have it. */
export function meanOfSets(sets: readonly PredictionSet[]): PredictionSet {
  const means = new PredictionMeans();
  for (const set of sets) means.add(set);
  return means.means();
}
