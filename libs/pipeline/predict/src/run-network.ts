import {
  type BaseModel,
  imageTensor,
  inputRecipe,
  labelProbabilities,
  Preparer,
  sampleSize,
  testTimePasses,
  type Variant,
  withNeighbours,
} from '@ichor/base-model';
import type { BundledNetwork } from '@ichor/bundle';
import { LABELS } from '@ichor/tables';
import type { LoadedNetwork } from './network-pool.js';
import type { ReadSlice } from './read-study.js';

/** So many input values go through a network at once (8 slices of 3 x 512 x 512): memory stays bounded at any size. */
const batchValues = 8 * 3 * 512 * 512;

/** Test-time augmentation as in training, or the slice as it is. */
export function variantsOf(settings: BaseModel, augment: boolean): readonly Variant[] {
  if (!augment) return [{ kind: 'plain' }];
  return Array.from({ length: testTimePasses(settings) }, (_, pass): Variant => ({ kind: 'evaluate', pass }));
}

/**
 * Probabilities of all slices by one network, mean over the variants.
 *
 * @returns slices x six labels
 */
export async function runNetwork(
  { settings }: Pick<BundledNetwork, 'settings'>,
  { session }: LoadedNetwork,
  slices: readonly ReadSlice[],
  augment: boolean,
  onSlices?: (count: number) => void,
): Promise<Float64Array> {
  const variants = variantsOf(settings, augment);
  const preparer = new Preparer(inputRecipe(settings));
  const size = sampleSize(settings);
  const perBatch = Math.max(1, Math.floor(batchValues / (size * variants.length)));
  const means = new Float64Array(slices.length * LABELS.length);
  for (let first = 0; first < slices.length; first += perBatch) {
    const count = Math.min(perBatch, slices.length - first);
    const data = new Float32Array(count * variants.length * size);
    for (let i = 0; i < count; i++) {
      const { slice } = slices[first + i]!;
      const seen = withNeighbours(slices, first + i, settings.neighbours).map(({ decoded }) => decoded);
      preparer.prepareDecoded(slice.sopInstanceUid, seen, variants, data, i * variants.length * size);
    }
    const { logits } = await session.run({ image: imageTensor(settings, data) }, ['logits']);
    const probabilities = labelProbabilities(settings, logits!.data);
    probabilities.forEach((value, at) => {
      const slice = first + Math.floor(at / (variants.length * LABELS.length));
      const place = slice * LABELS.length + (at % LABELS.length);
      means[place] = means[place]! + value / variants.length;
    });
    onSlices?.(count);
  }
  return means;
}
