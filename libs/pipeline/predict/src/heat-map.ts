import {
  heatMapOf,
  inputRecipe,
  Preparer,
  sampleSize,
  withNeighbours,
  type ExplainableNetwork,
} from '@ichor/base-model';
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

/** Networks whose maps are averaged at most: each one more takes as long again. */
const MOST_EXPLAINING = 3;

/**
 * The networks that explain: those with the lowest losses out of fold. Where the answer is the mean of the networks, up to three of them; with
 * stackers, which weigh the networks in ways that no map shows, the best one.
 */
export function explainingNetworks({
  networks,
  ensemble,
}: Pick<BundleManifest, 'networks' | 'ensemble'>): BundledNetwork[] {
  const byLoss = networks.toSorted((a, b) => a.outOfFold.weightedLogLoss - b.outOfFold.weightedLogLoss);
  return byLoss.slice(0, ensemble.kind === 'mean' ? MOST_EXPLAINING : 1);
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
 * The heat map of one slice without augmentation; undefined if there is none, see `heatMapOf` of `@ichor/base-model`.
 *
 * @param load called before each use: with little memory, a network may be closed when another one is loaded
 */
export async function heatMapOfSlice(
  networks: readonly BundledNetwork[],
  load: (network: BundledNetwork) => Promise<LoadedNetwork>,
  slices: readonly ReadSlice[],
  index: number,
  label: number,
): Promise<(HeatMap & { readonly label: string }) | undefined> {
  const id = present(slices[index]).slice.sopInstanceUid;
  const explainable: ExplainableNetwork[] = [];
  for (const network of networks) {
    const { settings } = network;
    const input = new Float32Array(sampleSize(settings));
    const seen = withNeighbours(slices, index, settings.neighbours).map(({ decoded }) => decoded);
    new Preparer(inputRecipe(settings)).prepareDecoded(id, seen, [{ kind: 'plain' }], input, 0);
    const state = await (await load(network)).head();
    const session: ExplainableNetwork['session'] = {
      run: async (inputs, outputs) => (await load(network)).session.run(inputs, outputs),
    };
    explainable.push({ settings, state, session, input });
  }
  const map = await heatMapOf(explainable, label);
  return map && showsAPlace(map.data) ? { ...map, label: present(LABELS[label]) } : undefined;
}

/** Whether a map distinguishes places: a flat one would cover the whole picture, air included, with one colour. */
export function showsAPlace(heat: ArrayLike<number>): boolean {
  const values = Array.from(heat);
  if (values.length === 0 || !values.every(Number.isFinite)) return false;
  return Math.max(...values) - Math.min(...values) >= leastContrast;
}
