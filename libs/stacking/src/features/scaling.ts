import type { FeatureMatrix } from '@ichor/gbdt';
import type { StateDict } from '@ichor/nn';

/** Per column: a missing value becomes `fill`, then x becomes (x - offset) / scale. */
export interface Scaler {
  readonly fill: Float64Array;
  readonly offset: Float64Array;
  readonly scale: Float64Array;
}

export type ScalingKind = 'none' | 'standard' | 'min-max';

/**
 * Fits means, deviations or ranges to the rows of the training folds. A column without variation, or one that is
 * missing throughout, is left at 0.
 *
 * @param matrix row by row; NaN is missing
 */
export function fitScaler(matrix: FeatureMatrix, kind: ScalingKind): Scaler {
  const columns = matrix.names.length;
  const { rows, data } = matrix;
  const sum = new Float64Array(columns);
  const known = new Uint32Array(columns);
  const min = new Float64Array(columns).fill(Infinity);
  const max = new Float64Array(columns).fill(-Infinity);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const value = data[at]!;
      if (Number.isNaN(value)) continue;
      sum[column]! += value;
      known[column]!++;
      if (value < min[column]!) min[column] = value;
      if (value > max[column]!) max[column] = value;
    }
  }
  const mean = sum.map((total, column) => (known[column] === 0 ? 0 : total / known[column]!));
  if (kind === 'none') {
    return { fill: mean, offset: new Float64Array(columns), scale: new Float64Array(columns).fill(1) };
  }
  if (kind === 'min-max') {
    const offset = min.map((low) => (Number.isFinite(low) ? low : 0));
    return { fill: mean, offset, scale: max.map((high, column) => positive(high - min[column]!)) };
  }
  // Missing values are filled with the mean, hence they count but add nothing.
  const squares = new Float64Array(columns);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const value = data[at]!;
      if (!Number.isNaN(value)) squares[column]! += (value - mean[column]!) ** 2;
    }
  }
  return { fill: mean, offset: mean, scale: squares.map((total) => positive(Math.sqrt(total / rows))) };
}

/** Changes the matrix in place. */
export function applyScaler({ fill, offset, scale }: Scaler, { rows, names, data }: FeatureMatrix): void {
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < names.length; column++, at++) {
      const value = data[at]!;
      const known = Number.isNaN(value) ? fill[column]! : value;
      data[at] = (known - offset[column]!) / scale[column]!;
    }
  }
}

/** The scaler as tensors, to be kept beside the weights. */
export function scalerTensors({ fill, offset, scale }: Scaler): StateDict {
  const tensor = (values: Float64Array) => ({ shape: [values.length], data: Float32Array.from(values) });
  return new Map([
    ['scaler.fill', tensor(fill)],
    ['scaler.offset', tensor(offset)],
    ['scaler.scale', tensor(scale)],
  ]);
}

/** The scaler that {@link scalerTensors} put beside the weights; none scales nothing. */
export function scalerOf(tensors: StateDict): Scaler {
  const [fill, offset, scale] = ['scaler.fill', 'scaler.offset', 'scaler.scale'].map((name) =>
    Float64Array.from(tensors.get(name)?.data ?? []),
  );
  return { fill: fill!, offset: offset!, scale: scale! };
}

const positive = (value: number) => (Number.isFinite(value) && value > 0 ? value : 1);
