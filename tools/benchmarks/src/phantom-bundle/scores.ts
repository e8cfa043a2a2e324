import type { BundleManifest } from '@ichor/bundle';
import {
  calibrationBins,
  expectedCalibrationError,
  proportionInterval,
  rocAuc,
  rocAucInterval,
} from '@ichor/metrics';
import { studyTruth, type CohortOptions } from '@ichor/phantom';
import { present } from '@ichor/files';
import type { StudyPrediction } from '@ichor/predict';
import { distanceToBlood } from './pointing.js';

/** Largest distance from blood at which the maximum of a heat map counts as pointing at it, mm. */
const NEAR = 5;

const BINS = 10;

/** Predictions of a synthetic set with the truth; only the numbers of a study are kept. */
export class PhantomScores {
  readonly #manifest: BundleManifest;
  readonly #set: CohortOptions;
  /** Per label: truth and calibrated probability of studies and of slices. */
  readonly #study: { truth: number[]; probability: number[] }[];
  readonly #slice: { truth: number[]; probability: number[] }[];
  readonly #distances: number[] = [];
  #withoutMap = 0;

  constructor(manifest: BundleManifest, set: CohortOptions) {
    this.#manifest = manifest;
    this.#set = set;
    this.#study = manifest.labels.map(() => ({ truth: [], probability: [] }));
    this.#slice = manifest.labels.map(() => ({ truth: [], probability: [] }));
  }

  get studies(): number {
    return present(this.#study[0]).truth.length;
  }

  /** @throws RangeError when a slice is not of the set, or without PixelSpacing */
  add({ slices, calibrated, values }: StudyPrediction): void {
    const { labels, thresholds } = this.#manifest;
    const truth = studyTruth(this.#set, 'test', present(slices[0]).slice.sopInstanceUid);
    const isPositive = labels.map(() => false);
    const [spacing = NaN] = [values['PixelSpacing']].flat().map(Number);
    if (!Number.isFinite(spacing)) throw new RangeError('a slice of the set has no PixelSpacing');
    for (const { slice, calibrated: probabilities, heat } of slices) {
      const true_ = truth?.get(slice.sopInstanceUid);
      if (true_ === undefined) throw new RangeError(`${slice.sopInstanceUid} is not of the set`);
      for (const [label, name] of labels.entries()) {
        const has = name === 'any' ? true_.kinds.length > 0 : true_.kinds.some((kind) => kind === name);
        present(this.#slice[label]).truth.push(Number(has));
        present(this.#slice[label]).probability.push(present(probabilities[label]));
        isPositive[label] ||= has;
      }
      const threshold = thresholds[0]?.threshold;
      if (true_.kinds.length === 0 || threshold === undefined || present(probabilities[0]) < threshold)
        continue;
      if (heat === undefined) this.#withoutMap++;
      else this.#distances.push(distanceToBlood(heat, true_, spacing));
    }
    for (const label of labels.keys()) {
      present(this.#study[label]).truth.push(Number(isPositive[label]));
      present(this.#study[label]).probability.push(present(calibrated[label]));
    }
  }

  /** Markdown. */
  table(): string {
    const rows = this.#manifest.labels.map((label, index) => {
      const study = present(this.#study[index]);
      const slice = present(this.#slice[index]);
      return `| ${[label, auc(study), ece(study), auc(slice), ece(slice)].join(' | ')} |`;
    });
    return `| label | AUC of studies | ECE of studies | AUC of slices | ECE of slices |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

${this.#pointing()} ECE: ${BINS} bins of equal width.`;
  }

  #pointing(): string {
    if (this.#manifest.thresholds[0]?.threshold === undefined) {
      return 'Heat maps: not compared, because the bundle has no threshold for any.';
    }
    const all = this.#distances.length + this.#withoutMap;
    const near = this.#distances.filter((distance) => distance <= NEAR).length;
    const inside = this.#distances.filter((distance) => distance === 0).length;
    const without = this.#withoutMap === 0 ? '' : ` (${this.#withoutMap} of them have no map)`;
    return `Heat maps: of ${all} positive slices at or above the threshold of the bundle for any${without}, the maximum lies inside blood in
${share(inside, all)}, inside or within ${NEAR} mm in ${share(near, all)}.`;
  }
}

type Cases = { readonly truth: readonly number[]; readonly probability: readonly number[] };

function auc({ truth, probability }: Cases): string {
  const positives = truth.reduce((sum, one) => sum + one, 0);
  const value = rocAuc(truth, probability);
  if (!Number.isFinite(value)) return 'n/a';
  const { low, high } = rocAucInterval(value, positives, truth.length - positives);
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

function ece({ truth, probability }: Cases): string {
  return expectedCalibrationError(calibrationBins(truth, probability, { bins: BINS })).toFixed(3);
}

function share(part: number, all: number): string {
  if (all === 0) return 'none';
  const { low, high } = proportionInterval(part, all);
  const percent = (value: number) => (100 * value).toFixed(1);
  return `${percent(part / all)} % (${percent(low)} to ${percent(high)})`;
}
