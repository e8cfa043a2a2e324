/** Smallest, largest, mean and sample deviation of some values, in double precision. */
export interface Statistics {
  min: number;
  max: number;
  mean: number;
  /** n - 1; NaN for a single value, exactly 0 for equal ones. */
  std: number;
}

/** Statistics of `values[from]` to `values[to - 1]`, written into `into`. */
export function rangeStatistics(values: Float32Array, from: number, to: number, into: Statistics): void {
  let min = values[from]!;
  let max = min;
  let sum = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  const count = to - from;
  // Equal values have no deviation; the rounding of their sum must not look like one.
  const mean = min === max ? min : sum / count;
  let squares = 0;
  for (let i = from; i < to; i++) {
    const deviation = values[i]! - mean;
    squares += deviation * deviation;
  }
  into.min = min;
  into.max = max;
  into.mean = mean;
  into.std = count > 1 ? Math.sqrt(squares / (count - 1)) : NaN;
}

/** Statistics of each patient for one prediction column; the slices of a patient need not be together. */
export interface PatientStatistics {
  readonly min: Float32Array;
  readonly max: Float32Array;
  readonly mean: Float32Array;
  readonly std: Float32Array;
}

export function patientStatistics(
  values: Float32Array,
  patients: Uint32Array,
  patientCount: number,
): PatientStatistics {
  const min = new Float32Array(patientCount).fill(Infinity);
  const max = new Float32Array(patientCount).fill(-Infinity);
  const mean = new Float64Array(patientCount);
  const counts = new Uint32Array(patientCount);
  for (let row = 0; row < values.length; row++) {
    const patient = patients[row]!;
    const value = values[row]!;
    if (value < min[patient]!) min[patient] = value;
    if (value > max[patient]!) max[patient] = value;
    mean[patient]! += value;
    counts[patient]!++;
  }
  for (let patient = 0; patient < patientCount; patient++) {
    mean[patient] = min[patient] === max[patient] ? min[patient]! : mean[patient]! / counts[patient]!;
  }
  const squares = new Float64Array(patientCount);
  for (let row = 0; row < values.length; row++) {
    const deviation = values[row]! - mean[patients[row]!]!;
    squares[patients[row]!]! += deviation * deviation;
  }
  const std = Float32Array.from(squares, (sum, patient) =>
    counts[patient]! > 1 ? Math.sqrt(sum / (counts[patient]! - 1)) : NaN,
  );
  return { min, max, mean: Float32Array.from(mean), std };
}
