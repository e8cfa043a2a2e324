import type { Tensor } from '@ichor/nn';

/** Sum and sum of squares, in double precision. */
export function moments(data: Float32Array): { readonly sum: number; readonly squares: number } {
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  return { sum, squares };
}

/** Largest difference over the largest expected magnitude. Shapes must agree. */
export function logitDeviation(actual: Tensor, expected: readonly (readonly number[])[]): number {
  const flat = expected.flat();
  if (actual.data.length !== flat.length) return Infinity;
  const scale = Math.max(...flat.map(Math.abs), Number.MIN_VALUE);
  return flat.reduce((worst, value, i) => worse(worst, Math.abs((actual.data[i] ?? NaN) - value) / scale), 0);
}

export function relative(actual: number, expected: number): number {
  if (actual === expected) return 0;
  return Math.abs(actual - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE);
}

/** Relative difference of two Euclidean norms, the expected one as a sum of squares. */
export function normDeviation(actual: Float32Array, expectedSquares: number): number {
  return relative(Math.sqrt(moments(actual).squares), Math.sqrt(expectedSquares));
}

/** Difference of two sums over sqrt(n * sum of squares), the largest sum that n such values can have. */
export function sumDeviation(actual: Float32Array, [sum, squares]: readonly number[]): number {
  return scaled(moments(actual).sum - (sum ?? NaN), Math.sqrt(actual.length * (squares ?? NaN)));
}

/** Difference of the values in the middle over the root mean square. */
export function middleDeviation(actual: Float32Array, [, squares, middle]: readonly number[]): number {
  const value = actual[Math.floor(actual.length / 2)] ?? NaN;
  return scaled(value - (middle ?? NaN), Math.sqrt((squares ?? NaN) / actual.length));
}

/** The larger of two deviations; NaN counts as the worst value. */
export function worse(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? Infinity : Math.max(a, b);
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

function scaled(difference: number, scale: number): number {
  if (difference === 0) return 0;
  const deviation = Math.abs(difference) / Math.max(scale, Number.MIN_VALUE);
  return Number.isNaN(deviation) ? Infinity : deviation;
}
