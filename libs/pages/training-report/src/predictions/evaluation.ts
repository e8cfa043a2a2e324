import { calibrationBins, expectedCalibrationError, rocCurve } from '@ichor/metrics';

/** What charts need of a model's probabilities of a label: a few hundred numbers however many slices there are. */
export interface Evaluation {
  /** Name of the model or of the label, whichever distinguishes the curves of a chart. */
  readonly name: string;
  /** False positive rate and sensitivity; empty when the slices are of one class. */
  readonly roc: readonly (readonly [number, number])[];
  /** Mean prediction and observed frequency in ten bins of equal width. */
  readonly reliability: readonly (readonly [number, number])[];
  readonly calibrationError: number;
}

/** More points than this do not show in a picture. */
const CURVE_POINTS = 400;

/** @param targets 0 or 1 for each slice */
export function evaluate(name: string, targets: Float64Array, probabilities: Float64Array): Evaluation {
  const bins = calibrationBins(targets, probabilities, { bins: 10 });
  return {
    name,
    roc: targets.includes(0) && targets.includes(1) ? rocPoints(targets, probabilities) : [],
    reliability: bins.map(({ meanPredicted, observed }) => [meanPredicted, observed] as const),
    calibrationError: expectedCalibrationError(bins),
  };
}

function rocPoints(targets: Float64Array, probabilities: Float64Array): [number, number][] {
  const { falsePositiveRate, truePositiveRate } = rocCurve(targets, probabilities);
  const every = Math.max(1, Math.ceil(falsePositiveRate.length / CURVE_POINTS));
  const points: [number, number][] = [];
  for (let i = 0; i < falsePositiveRate.length; i += every) {
    points.push([falsePositiveRate[i]!, truePositiveRate[i]!]);
  }
  points.push([1, 1]);
  return points;
}
