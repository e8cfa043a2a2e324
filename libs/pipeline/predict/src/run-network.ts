import {
  classCount,
  type BaseModel,
  imageTensor,
  labelProbabilities,
  sampleSize,
  testTimePasses,
  type Variant,
} from '@ichor/base-model';
import type { BundledNetwork } from '@ichor/bundle';
import { IchorError, present } from '@ichor/files';
import type { Embedding } from '@ichor/stacking';
import { LABELS } from '@ichor/tables';
import type { LoadedNetwork } from './network-pool.js';
import { mustBeNumbers } from './not-a-number.js';
import type { PreparedInputs } from './prepared-inputs.js';

/** So many input values are prepared at once (8 slices of 3 x 512 x 512): memory stays bounded at any size. */
const preparedValues = 8 * 3 * 512 * 512;

/**
 * Number of slices in one run of a network. A run cannot be stopped: on a CPU it is one slice of 512 x 512,
 * which takes the largest networks a second or two; a GPU wants more.
 */
const runValues = (provider: string) => (provider === 'cpu' ? 1 : 8) * 3 * 512 * 512;

/** Test-time augmentation as in training, or the slice as it is. */
export function variantsOf(settings: BaseModel, augment: boolean): readonly Variant[] {
  if (!augment) return [{ kind: 'plain' }];
  return Array.from({ length: testTimePasses(settings) }, (_, pass): Variant => ({ kind: 'evaluate', pass }));
}

export interface RunOptions {
  readonly augment: boolean;
  /** Give the feature vectors too. */
  readonly features?: boolean;
  readonly onSlices?: (count: number) => void;
  readonly signal?: AbortSignal;
}

export interface NetworkAnswer {
  /** Slices x six labels. */
  readonly probabilities: Float64Array;
  /** Input of the last linear layer, when requested. */
  readonly features?: Embedding;
}

/**
 * Probabilities of all slices by one network, mean over the variants, and so the feature vectors.
 *
 * @throws IchorError `predict/not-a-number` when it has no answer, `predict/outputs` when it has another number of them
 *   than its settings say; the reason of the signal
 */
export async function runNetwork(
  { model, fold, settings }: Pick<BundledNetwork, 'model' | 'fold' | 'settings'>,
  { session }: LoadedNetwork,
  inputs: PreparedInputs,
  { augment, features = false, onSlices, signal }: RunOptions,
): Promise<NetworkAnswer> {
  const variants = variantsOf(settings, augment);
  const slices = inputs.slices;
  const size = sampleSize(settings);
  const classes = classCount(settings);
  const perBatch = Math.max(1, Math.floor(preparedValues / (size * variants.length)));
  const perRun = Math.max(1, Math.floor(runValues(session.provider) / size));
  const who = `${model}, fold ${fold},`;
  const means = new Float64Array(slices * LABELS.length);
  const vectors = new VectorMeans(slices, variants.length);
  for (let first = 0; first < slices; first += perBatch) {
    const count = Math.min(perBatch, slices - first);
    const samples = count * variants.length;
    const data = await inputs.batch(settings, variants, first, count, signal);
    for (let from = 0; from < samples; from += perRun) {
      signal?.throwIfAborted();
      const to = Math.min(from + perRun, samples);
      const image = imageTensor(settings, data.subarray(from * size, to * size));
      const outputs = await session.run({ image }, features ? ['logits', 'features'] : ['logits']);
      const { logits } = outputs;
      mustHave((to - from) * classes, present(logits).data.length, who);
      mustBeNumbers(present(logits).data, who);
      if (features) {
        mustBeNumbers(present(outputs['features']).data, who);
        vectors.add(first * variants.length + from, to - from, present(outputs['features']).data);
      }
      const probabilities = labelProbabilities(settings, present(logits).data);
      probabilities.forEach((value, at) => {
        const sample = from + Math.floor(at / LABELS.length);
        const place = (first + Math.floor(sample / variants.length)) * LABELS.length + (at % LABELS.length);
        means[place] = means[place]! + value / variants.length;
      });
    }
    onSlices?.(count);
  }
  inputs.release(settings, variants);
  return { probabilities: means, ...(features ? { features: vectors.means() } : {}) };
}

/** Mean feature vectors of slices over their variants. */
class VectorMeans {
  readonly #slices: number;
  readonly #variants: number;
  #sums = new Float64Array(0);

  constructor(slices: number, variants: number) {
    this.#slices = slices;
    this.#variants = variants;
  }

  /** @param first of `count` samples, which are the variants of the first slice, then those of the second and so on */
  add(first: number, count: number, data: Float32Array): void {
    const size = data.length / count;
    if (this.#sums.length === 0) this.#sums = new Float64Array(this.#slices * size);
    data.forEach((value, at) => {
      const slice = Math.floor((first + Math.floor(at / size)) / this.#variants);
      this.#sums[slice * size + (at % size)]! += value;
    });
  }

  means(): Embedding {
    return {
      size: this.#sums.length / this.#slices,
      values: Float32Array.from(this.#sums, (sum) => sum / this.#variants),
    };
  }
}

function mustHave(expected: number, found: number, who: string): void {
  if (expected === found) return;
  throw new IchorError({
    code: 'predict/outputs',
    reason: `${who} gives ${found} numbers, but its settings say ${expected}`,
    remedy: 'make the bundle again',
  });
}
