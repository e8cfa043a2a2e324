import { heatMapOf, inputRecipe, Preparer, sampleSize, withNeighbours } from '@ichor/base-model';
import type { BundledNetwork, BundleManifest, Separation } from '@ichor/bundle';
import { present } from '@ichor/files';
import type { HeatMap } from '@ichor/windowing/pictures';
import { LABELS } from '@ichor/tables';
import type { LoadedNetwork } from './network-pool.js';
import type { ReadSlice } from './read-study.js';

/** Between the hottest and the coldest place of a map from 0 to 1; less is one colour to the eye. */
const leastContrast = 0.1;

/** The slices that get heat maps; a map takes as long as a slice without augmentation. */
export const HEAT_MAP_CHOICES = ['key', 'all', 'none'] as const;
export type HeatMapChoice = (typeof HEAT_MAP_CHOICES)[number];

/** The network that explains: the one that did best out of fold. */
export function explainingNetwork({ networks }: BundleManifest): BundledNetwork {
  return networks.reduce((best, one) =>
    one.outOfFold.weightedLogLoss < best.outOfFold.weightedLogLoss ? one : best,
  );
}

/**
 * The label that a heat map is made for: the most probable (calibrated) of the kinds that the bundle separates, since
 * `any` is their union; undefined where it separates none.
 */
export function labelToExplain(
  calibrated: readonly number[],
  separation: readonly Pick<Separation, 'separates'>[],
): number | undefined {
  const kinds = [...calibrated.keys()].filter((label) => label > 0 && present(separation[label]).separates);
  return kinds.reduce<number | undefined>(
    (best, label) =>
      best === undefined || present(calibrated[label]) > present(calibrated[best]) ? label : best,
    undefined,
  );
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
  return map && showsAPlace(map.data) ? { ...map, label: present(LABELS[label]) } : undefined;
}

/** Whether a map distinguishes places: a flat one would cover the whole picture, air included, with one colour. */
export function showsAPlace(heat: ArrayLike<number>): boolean {
  const values = Array.from(heat);
  if (values.length === 0 || !values.every(Number.isFinite)) return false;
  return Math.max(...values) - Math.min(...values) >= leastContrast;
}
