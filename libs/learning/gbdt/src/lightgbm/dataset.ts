import type { GbdtDataset } from '../engine.js';
import { GbdtError } from '../error.js';
import { checkLabels } from '../labels.js';
import type { FeatureMatrix } from '../matrix.js';
import type { Handle, LightGbmLibrary } from './bindings.js';

/** Binned features in LightGBM's memory: about one byte a value. */
export class LightGbmDataset implements GbdtDataset {
  readonly rows: number;
  readonly names: readonly string[];
  readonly #library: LightGbmLibrary;
  #handle: Handle | undefined;

  private constructor(library: LightGbmLibrary, matrix: FeatureMatrix, handle: Handle) {
    this.rows = matrix.rows;
    this.names = matrix.names;
    this.#library = library;
    this.#handle = handle;
  }

  static create(
    library: LightGbmLibrary,
    matrix: FeatureMatrix,
    parameters: string,
    reference: GbdtDataset | undefined,
  ): LightGbmDataset {
    const base = reference === undefined ? null : LightGbmDataset.handleOf(reference);
    const handle = library.datasetFromMatrix(matrix, parameters, base);
    const dataset = new LightGbmDataset(library, matrix, handle);
    if (base === null) library.datasetSetNames(handle, matrix.names);
    return dataset;
  }

  /** @throws GbdtError `gbdt/disposed`, also for a data set of another engine */
  static handleOf(dataset: GbdtDataset): Handle {
    const handle = dataset instanceof LightGbmDataset ? dataset.#handle : undefined;
    if (handle === undefined) {
      throw new GbdtError({
        code: 'gbdt/disposed',
        reason: 'the data set was disposed, or was made by another engine',
      });
    }
    return handle;
  }

  setLabels(labels: Float32Array): void {
    checkLabels(labels, this.rows);
    this.#library.datasetSetLabel(LightGbmDataset.handleOf(this), labels);
  }

  dispose(): void {
    if (this.#handle === undefined) return;
    this.#library.datasetFree(this.#handle);
    this.#handle = undefined;
  }
}
