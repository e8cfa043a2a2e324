import { rangeStatistics, type PatientStatistics, type Statistics } from './group-statistics.js';
import { PREDICTION_FEATURES, type PredictionFeature } from './names.js';

const COUNT = PREDICTION_FEATURES.length;
const at = (feature: PredictionFeature) => PREDICTION_FEATURES.indexOf(feature);

const PREDICTION = at('prediction');
const STUDY_MIN = at('study-min');
const STUDY_MAX = at('study-max');
const STUDY_MEAN = at('study-mean');
const STUDY_STD = at('study-std');
const MINUS_MEAN = at('minus-mean');
const OVER_MEAN = at('over-mean');
const STANDARD_SCORE = at('standard-score');
const PATIENT_MIN = at('patient-min');
const PATIENT_MAX = at('patient-max');
const PATIENT_MEAN = at('patient-mean');
const PATIENT_STD = at('patient-std');
const ROLLING_MEAN = at('rolling-mean-3');
const ROLLING_MIN = at('rolling-min-3');
const ROLLING_MAX = at('rolling-max-3');
const ROLLING_STD = at('rolling-std-3');
const MEAN_3_MINUS = at('rolling-mean-3-minus-prediction');
const MEAN_5_MINUS = at('rolling-mean-5-minus-prediction');
const MEAN_3_OVER = at('rolling-mean-3-over-prediction');
const MEAN_5_OVER = at('rolling-mean-5-over-prediction');

/** Windows of 3, 5, 7 and 9 slices reach this far to each side. */
const REACHES = 4;

/** One prediction column over one stack. */
export interface PredictedStack {
  readonly values: Float32Array;
  /** The stack is the rows `from` to `to`. */
  readonly from: number;
  readonly to: number;
  /** Number of the patient of each row, and what is known of each patient. */
  readonly patients: Uint32Array;
  readonly patient: PatientStatistics;
}

/**
 * All features of one prediction column over one stack, rows after rows: `into[i * 32 + f]` is feature f of slice i.
 *
 * The windows of a slice lie inside each other, so each is the one before and two more slices. Sums are those of
 * the differences to the slice itself, which keeps the deviations exact where probabilities are nearly equal.
 *
 */
export function stackFeatures(stack: PredictedStack, into: Float32Array): void {
  const { values, from, to } = stack;
  groupFeatures(stack, into);
  for (let row = from; row < to; row++) {
    const base = (row - from) * COUNT;
    const p = values[row]!;
    let min = p;
    let max = p;
    let sum = 0;
    let squares = 0;
    let count = 1;
    for (let reach = 1; reach <= REACHES; reach++) {
      const left = row - reach;
      if (left >= from) {
        const value = values[left]!;
        const difference = value - p;
        if (value < min) min = value;
        if (value > max) max = value;
        sum += difference;
        squares += difference * difference;
        count++;
      }
      const right = row + reach;
      if (right < to) {
        const value = values[right]!;
        const difference = value - p;
        if (value < min) min = value;
        if (value > max) max = value;
        sum += difference;
        squares += difference * difference;
        count++;
      }
      const window = base + reach - 1;
      into[window + ROLLING_MEAN] = p + sum / count;
      into[window + ROLLING_MIN] = min;
      into[window + ROLLING_MAX] = max;
      const variance = (squares - (sum * sum) / count) / (count - 1);
      into[window + ROLLING_STD] = count > 1 ? Math.sqrt(variance > 0 ? variance : 0) : NaN;
      if (reach === 1) {
        into[base + MEAN_3_MINUS] = sum / count;
        into[base + MEAN_3_OVER] = 1 + sum / count / p;
      } else if (reach === 2) {
        into[base + MEAN_5_MINUS] = sum / count;
        into[base + MEAN_5_OVER] = 1 + sum / count / p;
      }
    }
  }
}

/** What a slice is against its study and its patient. */
function groupFeatures({ values, from, to, patients, patient }: PredictedStack, into: Float32Array): void {
  rangeStatistics(values, from, to, study);
  const { min: studyMin, max: studyMax, mean: studyMean, std: studyStd } = study;
  for (let row = from; row < to; row++) {
    const base = (row - from) * COUNT;
    const p = values[row]!;
    const number = patients[row]!;
    into[base + PREDICTION] = p;
    into[base + STUDY_MIN] = studyMin;
    into[base + STUDY_MAX] = studyMax;
    into[base + STUDY_MEAN] = studyMean;
    into[base + STUDY_STD] = studyStd;
    into[base + MINUS_MEAN] = p - studyMean;
    into[base + OVER_MEAN] = p / studyMean;
    into[base + STANDARD_SCORE] = (p - studyMean) / studyStd;
    into[base + PATIENT_MIN] = patient.min[number]!;
    into[base + PATIENT_MAX] = patient.max[number]!;
    into[base + PATIENT_MEAN] = patient.mean[number]!;
    into[base + PATIENT_STD] = patient.std[number]!;
  }
}

/** Kept between calls: the loops must not allocate. */
const study: Statistics = { min: 0, max: 0, mean: 0, std: 0 };
