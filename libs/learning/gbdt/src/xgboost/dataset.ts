import type { GbdtDataset } from '../engine.js';
import { GbdtError } from '../error.js';
import { checkLabels } from '../labels.js';
import { strides, type FeatureMatrix } from '../matrix.js';

/** Keeps the matrix as it is; the library wants plain arrays, which are made for a single training. */
export class XgboostDataset implements GbdtDataset {
  readonly matrix: FeatureMatrix;
  /** Mean of the known values of each training column; 0 where none is known. */
  readonly means: Float64Array;
  #labels: Float32Array | undefined;

  constructor(matrix: FeatureMatrix, reference: XgboostDataset | undefined) {
    this.matrix = matrix;
    this.means = reference?.means ?? columnMeans(matrix);
  }

  get rows(): number {
    return this.matrix.rows;
  }

  get names(): readonly string[] {
    return this.matrix.names;
  }

  get labels(): Float32Array {
    if (this.#labels !== undefined) return this.#labels;
    throw new GbdtError({ code: 'gbdt/labels', reason: 'no labels were set' });
  }

  setLabels(labels: Float32Array): void {
    checkLabels(labels, this.rows);
    this.#labels = labels;
  }

  filledRows(): number[][] {
    return filledRows(this.matrix, this.means);
  }

  dispose(): void {
    this.#labels = undefined;
  }
}

/** Rows as plain arrays, missing values replaced by the means. */
export function filledRows(matrix: FeatureMatrix, means: Float64Array): number[][] {
  const stride = strides(matrix);
  return Array.from({ length: matrix.rows }, (_, row) =>
    matrix.names.map((__, column) => {
      const value = matrix.data[row * stride.row + column * stride.column]!;
      return Number.isNaN(value) ? means[column]! : value;
    }),
  );
}

function columnMeans(matrix: FeatureMatrix): Float64Array {
  const stride = strides(matrix);
  return Float64Array.from(matrix.names, (_, column) => {
    let sum = 0;
    let known = 0;
    for (let row = 0; row < matrix.rows; row++) {
      const value = matrix.data[row * stride.row + column * stride.column]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      known++;
    }
    return known === 0 ? 0 : sum / known;
  });
}
