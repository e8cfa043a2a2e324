import { present } from '@ichor/files/present';

/** Limits between which a figure lies in 95 of 100 draws. */
export type DrawnInterval = readonly [low: number, high: number];

/**
 * Percentile intervals (95 %) over resampled patients: the slices of a patient are not independent observations, so
 * patients are drawn with replacement, each with all slices. Every figure sees the same draws, so that intervals of
 * differences are paired.
 */
export class PatientBootstrap {
  readonly #patientOf: Int32Array;
  readonly #patients: number;
  /** How often each patient is drawn: draws x patients. */
  readonly #counts: Uint8Array;
  readonly #draws: number;

  /** @param patientOf patient of each slice, from 0 */
  constructor(patientOf: Int32Array, draws: number, seed: number) {
    this.#patientOf = patientOf;
    this.#patients = patientOf.reduce((most, patient) => Math.max(most, patient + 1), 0);
    this.#draws = draws;
    this.#counts = new Uint8Array(draws * this.#patients);
    const random = generator(seed);
    for (let draw = 0; draw < draws; draw++) {
      for (let i = 0; i < this.#patients; i++) {
        this.#counts[draw * this.#patients + Math.floor(random() * this.#patients)]!++;
      }
    }
  }

  /** Interval of the mean of a value per slice, such as a loss or a difference of losses. */
  mean(perSlice: Float64Array): DrawnInterval {
    const sums = new Float64Array(this.#patients);
    const sizes = new Float64Array(this.#patients);
    this.#patientOf.forEach((patient, slice) => {
      sums[patient]! += perSlice[slice]!;
      sizes[patient]!++;
    });
    return this.#interval(this.#draws, (counts) => {
      let sum = 0;
      let size = 0;
      for (let patient = 0; patient < this.#patients; patient++) {
        const count = counts[patient]!;
        sum += count * sums[patient]!;
        size += count * sizes[patient]!;
      }
      return sum / size;
    });
  }

  /**
   * Interval of the area under the ROC curve (ties count half), from at most `draws` of the draws: each draw needs a
   * pass over all slices.
   */
  rocAuc(targets: Float64Array, scores: Float64Array, draws: number): DrawnInterval {
    return this.#interval(Math.min(draws, this.#draws), this.#area(targets, scores));
  }

  /** Interval of the area of `after` minus that of `before`, on the same draws. */
  rocAucGain(targets: Float64Array, before: Float64Array, after: Float64Array, draws: number): DrawnInterval {
    const [first, second] = [this.#area(targets, before), this.#area(targets, after)];
    return this.#interval(Math.min(draws, this.#draws), (counts) => second(counts) - first(counts));
  }

  #area(targets: Float64Array, scores: Float64Array): (counts: Uint8Array) => number {
    const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]!);
    return (counts) => {
      let positives = 0;
      let negatives = 0;
      let area = 0;
      for (let i = 0; i < order.length;) {
        const score = scores[order[i]!]!;
        let tiedPositives = 0;
        let tiedNegatives = 0;
        for (; i < order.length && scores[order[i]!]! === score; i++) {
          const slice = order[i]!;
          const count = counts[this.#patientOf[slice]!]!;
          if (targets[slice]! >= 0.5) tiedPositives += count;
          else tiedNegatives += count;
        }
        area += tiedNegatives * (positives + tiedPositives / 2);
        positives += tiedPositives;
        negatives += tiedNegatives;
      }
      return area / positives / negatives;
    };
  }

  #interval(draws: number, figure: (counts: Uint8Array) => number): DrawnInterval {
    const figures: number[] = [];
    for (let draw = 0; draw < draws; draw++) {
      const value = figure(this.#counts.subarray(draw * this.#patients, (draw + 1) * this.#patients));
      // A draw without a positive (or a negative) has no area.
      if (Number.isFinite(value)) figures.push(value);
    }
    figures.sort((a, b) => a - b);
    return [quantile(figures, 0.025), quantile(figures, 0.975)];
  }
}

/** Linear between neighbours in rank, as numpy does by default. */
function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return NaN;
  const at = share * (sorted.length - 1);
  const below = present(sorted[Math.floor(at)]);
  const above = present(sorted[Math.ceil(at)]);
  return below + (above - below) * (at - Math.floor(at));
}

/** Mulberry32: 32 bits of state are enough to draw patients. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
