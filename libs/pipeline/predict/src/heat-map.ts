import { heatMapOf, inputRecipe, Preparer, sampleSize, withNeighbours } from '@ichor/base-model';
import type { BundledNetwork, BundleManifest } from '@ichor/bundle';
import { present } from '@ichor/files';
import type { HeatMap } from '@ichor/windowing/pictures';
import { LABELS } from '@ichor/tables';
import type { LoadedNetwork } from './network-pool.js';
import type { ReadSlice } from './read-study.js';

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
    if (present(calibrated[label]) > present(calibrated[best])) best = label;
  }
  return best;
}

/**
 * Grad-CAM of one slice without augmentation; undefined if there is none, see `heatMapOf` of
 * `@ichor/base-model`.
 */
export async function heatMapOfSlice(
  { settings }: Pick<BundledNetwork, 'settings'>,
  { session, head }: LoadedNetwork,
  slices: readonly ReadSlice[],
  index: number,
  label: number,
): Promise<(HeatMap & { readonly label: string }) | undefined> {
  const input = new Float32Array(sampleSize(settings));
  const seen = withNeighbours(slices, index, settings.neighbours).map(({ decoded }) => decoded);
  const id = present(slices[index]).slice.sopInstanceUid;
  new Preparer(inputRecipe(settings)).prepareDecoded(id, seen, [{ kind: 'plain' }], input, 0);
  const map = await heatMapOf({ settings, state: head, session }, input, label);
  return map?.data.every(Number.isFinite) ? { ...map, label: present(LABELS[label]) } : undefined;
}
