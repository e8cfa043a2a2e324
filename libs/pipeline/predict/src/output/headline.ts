import { calibrate, decisionsOf, separationOf, type BundleManifest } from '@ichor/bundle';
import { present } from '@ichor/files';
import { neighbourMeans } from '@ichor/predictions';
import type { StudyPrediction } from '../study-predictor.js';

/** The one line that a reader looks for. */
export interface Headline {
  readonly text: string;
  /** `none`: the bundle may not say anything. */
  readonly kind: 'suspected' | 'nothing' | 'none';
}

/** How the line begins where something is suspected. */
export const SUSPICION = 'hemorrhage suspected: ';

/**
 * The result of a study at the thresholds of a bundle, in one line.
 *
 * The slices of a kind are those whose mean with their two neighbours, calibrated as the score of the study, reaches the
 * threshold of the kind: the score of the study is the largest of these means, so that the two agree. Where a sequence
 * model answers for the study, no slice decides, and the most probable slice is named.
 */
export function headlineOf(
  prediction: Pick<StudyPrediction, 'slices' | 'calibrated'>,
  manifest: BundleManifest,
): Headline {
  const decisions = decisionsOf(manifest, prediction.calibrated);
  const decided = manifest.labels.filter((_, label) => decisions[label] !== null);
  if (decided.length === 0) {
    const measured = separationOf(manifest).some(({ separates }) => separates);
    const why = measured ? 'has no threshold' : 'does not separate positive from negative studies';
    return { kind: 'none', text: `no statement: this bundle ${why}` };
  }
  const silent = manifest.labels.filter((_, label) => decisions[label] === null);
  const but = silent.length === 0 ? '' : `; no statement on ${silent.join(', ')}`;
  const above = [...manifest.labels.keys()].filter((label) => decisions[label] === true);
  if (above.length === 0) {
    const of = silent.length === 0 ? '' : ` of ${decided.join(', ')}`;
    return { kind: 'nothing', text: `nothing above the thresholds${of}${but}` };
  }
  const kinds = above.filter((label) => manifest.labels[label] !== 'any');
  const named =
    kinds.length === 0
      ? [`kind not determined, ${placesOf(present(above[0]), prediction, manifest)}`]
      : byPlaces(kinds, prediction, manifest);
  return { kind: 'suspected', text: `${SUSPICION}${named.join('; ')}${but}` };
}

/** Kinds with their places, `subdural and intraventricular, slices 12 to 17`: those on the same slices together. */
function byPlaces(
  kinds: readonly number[],
  prediction: Pick<StudyPrediction, 'slices'>,
  manifest: BundleManifest,
): string[] {
  const together = new Map<string, string[]>();
  for (const label of kinds) {
    const places = placesOf(label, prediction, manifest);
    together.set(places, [...(together.get(places) ?? []), present(manifest.labels[label])]);
  }
  return [...together].map(([places, names]) => `${joined(names)}, ${places}`);
}

/** `a`, `a and b`, `a, b and c`. */
function joined(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${present(names.at(-1))}`;
}

function placesOf(
  label: number,
  { slices }: Pick<StudyPrediction, 'slices'>,
  { studyScore, calibration, thresholds }: BundleManifest,
): string {
  const means = neighbourMeans(slices.map(({ raw }) => present(raw[label])));
  const scaling = calibration.study[label] ?? null;
  // Without a threshold none is reached.
  const threshold = thresholds[label]?.threshold ?? Infinity;
  const reached = means.flatMap((mean, index) =>
    (scaling ? calibrate(scaling, mean) : mean) >= threshold ? [index + 1] : [],
  );
  if (studyScore === 'study-answer' || reached.length === 0) {
    const best = slices.reduce(
      (one, { raw }, index) => (present(raw[label]) > present(present(slices[one]).raw[label]) ? index : one),
      0,
    );
    return `most probable on slice ${best + 1}`;
  }
  return `${reached.length === 1 ? 'slice' : 'slices'} ${ranges(reached)}`;
}

/** `3, 5 to 7` of 3, 5, 6, 7. */
export function ranges(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first} to ${last}`)).join(', ');
}
