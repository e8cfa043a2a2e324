import { featureMaps, gradCam, inputRecipe, modelNetwork, Preparer, sampleSize } from '@ichor/base-model';
import type { BundledNetwork, BundleManifest } from '@ichor/bundle';
import type { HeatMap } from '@ichor/windowing/pictures';
import { LABELS } from '@ichor/tables';
import type { LoadedNetwork } from './network-pool.js';
import type { ReadSlice } from './read-study.js';
import { imageTensor, stackOf } from './run-network.js';

/** The network that explains: the one that did best out of fold. */
export function explainingNetwork({ networks }: BundleManifest): BundledNetwork {
  return networks.reduce((best, one) =>
    one.outOfFold.weightedLogLoss < best.outOfFold.weightedLogLoss ? one : best,
  );
}

/** The label that a heat map is made for: of the five kinds the most probable one (calibrated), since `any` is their union. */
export function labelToExplain(calibrated: readonly number[]): number {
  let best = 1;
  for (let label = 2; label < calibrated.length; label++) {
    if (calibrated[label]! > calibrated[best]!) best = label;
  }
  return best;
}

/**
 * Grad-CAM of one slice, seen plainly; undefined when no place speaks for the label, or when there is only one: networks for
 * images of 32 pixels end in maps of a single cell.
 */
export async function heatMapOf(
  { settings }: Pick<BundledNetwork, 'settings'>,
  { session, head }: LoadedNetwork,
  slices: readonly ReadSlice[],
  index: number,
  label: number,
): Promise<(HeatMap & { readonly label: string }) | undefined> {
  const data = new Float32Array(sampleSize(settings));
  const stack = stackOf(slices, index, settings.neighbours);
  const id = slices[index]!.slice.sopInstanceUid;
  new Preparer(inputRecipe(settings)).prepareDecoded(id, stack, [{ kind: 'plain' }], data, 0);
  const { [featureMaps]: maps } = await session.run({ image: imageTensor(settings, data) }, [featureMaps]);
  const logit = settings.classes === 'all' ? label : label - 1;
  const { width, height, data: heat, peak } = gradCam(modelNetwork(settings), head, maps!, 0, logit);
  return peak > 0 && heat.length > 1 ? { width, height, data: heat, label: LABELS[label]! } : undefined;
}
