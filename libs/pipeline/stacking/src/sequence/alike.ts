import { present } from '@ichor/files';
import { principalDirections, project } from './principal.js';
import type { Columns } from './series.js';

/** Directions of the feature vectors that the line is fitted on. */
const DIRECTIONS = 32;
/** Keeps the fit determined where there are fewer slices than directions. */
const RIDGE = 1;

/**
 * How well the feature vectors of other slices agree with those of the training: the share of the variance of a network's
 * own logits that a linear fit on its feature vectors in training explains (R², 1 at best). Each fold has a
 * network of its own. Networks that start from the same published weights keep about the same features. Networks trained
 * from random weights need not, and then what was learned from one says nothing about the other. No label is looked at.
 *
 * @param train scaled feature vectors and scaled logits of the training folds
 * @param other the same of the fold that is predicted
 */
export function agreement(train: Read, other: Read): number {
  const size = Math.min(DIRECTIONS, train.vectors.columns);
  const directions = principalDirections(train.vectors, size);
  const line = fitLine(project(train.vectors, directions), train.logits);
  const { rows, values } = project(other.vectors, directions);
  const mean = other.logits.reduce((sum, value) => sum + value, 0) / rows;
  let [error, variance] = [0, 0];
  for (let row = 0; row < rows; row++) {
    let predicted = present(line[size]);
    for (let k = 0; k < size; k++) predicted += line[k]! * values[row * size + k]!;
    error += (other.logits[row]! - predicted) ** 2;
    variance += (other.logits[row]! - mean) ** 2;
  }
  return variance > 0 ? 1 - error / variance : 0;
}

interface Read {
  readonly vectors: Columns;
  /** One a row. */
  readonly logits: Float32Array;
}

/** Least squares with a small ridge; the constant comes last. */
function fitLine({ rows, columns, values }: Columns, target: Float32Array): Float64Array {
  const size = columns + 1;
  // Normal equations, the right side as the last column.
  const system = Array.from({ length: size }, (_, i) => {
    const equation = new Float64Array(size + 1);
    if (i < columns) equation[i] = RIDGE;
    return equation;
  });
  const at = (row: number, k: number) => (k < columns ? values[row * columns + k]! : 1);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < size; i++) {
      const equation = present(system[i]);
      for (let j = 0; j < size; j++) equation[j]! += at(row, i) * at(row, j);
      equation[size]! += at(row, i) * target[row]!;
    }
  }
  return solved(system);
}

/** Gauss and Jordan; the matrix is positive definite, so that no rows need to be exchanged. */
function solved(system: readonly Float64Array[]): Float64Array {
  const size = system.length;
  system.forEach((pivot, i) => {
    for (const [j, equation] of system.entries()) {
      if (j === i) continue;
      const factor = equation[i]! / pivot[i]!;
      for (let k = i; k <= size; k++) equation[k]! -= factor * pivot[k]!;
    }
  });
  return Float64Array.from(system, (equation, i) => equation[size]! / equation[i]!);
}
