import type { FeatureMatrix } from '@ichor/gbdt';
import type { StateDict } from '@ichor/nn';

/**
 * Per column: a missing value becomes `fill`, x is kept in [low, high], then becomes (x - offset) / scale.
 *
 * The limits are the range of the training folds and half of it on either side. A network extrapolates in a
 * straight line beyond what it has seen: a model whose predictions hardly vary on the training folds, and lie
 * elsewhere on others, would otherwise outvote all the rest.
 */
export interface Scaler {
  readonly fill: Float64Array;
  readonly offset: Float64Array;
  readonly scale: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
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
    return { ...unlimited(columns), fill: mean };
  }
  // A column that is missing throughout is 0 everywhere after the fill.
  const low = min.map((least, column) => (known[column] === 0 ? 0 : least - (max[column]! - least) / 2));
  const high = max.map((most, column) => (known[column] === 0 ? 0 : most + (most - min[column]!) / 2));
  if (kind === 'min-max') {
    const offset = min.map((low) => (Number.isFinite(low) ? low : 0));
    return { fill: mean, offset, scale: max.map((top, column) => positive(top - min[column]!)), low, high };
  }
  // Missing values are filled with the mean, hence they count but add nothing.
  const squares = new Float64Array(columns);
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const value = data[at]!;
      if (!Number.isNaN(value)) squares[column]! += (value - mean[column]!) ** 2;
    }
  }
  const scale = squares.map((total) => positive(Math.sqrt(total / rows)));
  return { fill: mean, offset: mean, scale, low, high };
}

/** Changes nothing but missing values. */
export function unlimited(columns: number): Scaler {
  return {
    fill: new Float64Array(columns),
    offset: new Float64Array(columns),
    scale: new Float64Array(columns).fill(1),
    low: new Float64Array(columns).fill(-Infinity),
    high: new Float64Array(columns).fill(Infinity),
  };
}

/** Changes the matrix in place. */
export function applyScaler(
  { fill, offset, scale, low, high }: Scaler,
  { rows, names, data }: FeatureMatrix,
): void {
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < names.length; column++, at++) {
      const value = data[at]!;
      const known = Number.isNaN(value) ? fill[column]! : value;
      const kept = Math.min(high[column]!, Math.max(low[column]!, known));
      data[at] = (kept - offset[column]!) / scale[column]!;
    }
  }
}

/** The scaler as tensors, to be kept with the weights. */
export function scalerTensors({ fill, offset, scale, low, high }: Scaler): StateDict {
  const tensor = (values: Float64Array) => ({ shape: [values.length], data: Float32Array.from(values) });
  return new Map([
    ['scaler.fill', tensor(fill)],
    ['scaler.offset', tensor(offset)],
    ['scaler.scale', tensor(scale)],
    ['scaler.low', tensor(low)],
    ['scaler.high', tensor(high)],
  ]);
}

/** The scaler that {@link scalerTensors} stored with the weights; without one, nothing is scaled. */
export function scalerOf(tensors: StateDict): Scaler {
  const columns = tensors.get('scaler.fill')?.data.length ?? 0;
  const none = unlimited(columns);
  const values = (name: keyof Scaler) => {
    const tensor = tensors.get(`scaler.${name}`);
    return tensor === undefined ? none[name] : Float64Array.from(tensor.data);
  };
  return {
    fill: values('fill'),
    offset: values('offset'),
    scale: values('scale'),
    low: values('low'),
    high: values('high'),
  };
}

const positive = (value: number) => (Number.isFinite(value) && value > 0 ? value : 1);
