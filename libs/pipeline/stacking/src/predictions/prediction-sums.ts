import { LABELS } from '@ichor/tables';

/** Adds up the test-time passes of one model by slice. */
export class PredictionSums {
  readonly #rowOf: ReadonlyMap<string, number>;
  /** One column a label. */
  readonly #sums: readonly Float64Array[];
  readonly #passes: Uint8Array;
  #foreign = 0;

  constructor(rowOf: ReadonlyMap<string, number>) {
    this.#rowOf = rowOf;
    this.#sums = LABELS.map(() => new Float64Array(rowOf.size));
    this.#passes = new Uint8Array(rowOf.size);
  }

  /** Rows whose slice was not asked for. */
  get foreign(): number {
    return this.#foreign;
  }

  /** @param outputs one column a label, probabilities */
  add(ids: readonly string[], outputs: readonly Float32Array[]): void {
    for (let i = 0; i < ids.length; i++) {
      const row = this.#rowOf.get(ids[i]!);
      if (row === undefined) {
        this.#foreign++;
        continue;
      }
      this.#passes[row]!++;
      for (let label = 0; label < outputs.length; label++) this.#sums[label]![row]! += outputs[label]![i]!;
    }
  }

  /** Mean over the passes, one column a label; NaN where there was none. */
  means(): Float32Array[] {
    return this.#sums.map((sums) => Float32Array.from(sums, (sum, row) => sum / this.#passes[row]!));
  }

  has(row: number): boolean {
    return this.#passes[row]! > 0;
  }
}
