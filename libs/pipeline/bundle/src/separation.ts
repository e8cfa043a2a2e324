import { present } from '@ichor/files';
import { rocAucInterval, type Interval } from '@ichor/metrics';
import type { BundleManifest } from './manifest.js';

/** How well a bundle tells positive studies from negative ones, for one label. */
export interface Separation {
  readonly label: string;
  /** Area under the ROC curve of studies, out of fold, with its 95 % interval; null where it could not be measured. */
  readonly auc: (Interval & { readonly value: number }) | null;
  readonly positives: number;
  readonly negatives: number;
  /** Whether the whole interval lies above 0.5, which is what chance gives. */
  readonly separates: boolean;
}

type Measured = Pick<BundleManifest, 'labels' | 'studyAuc' | 'training'>;

/** One entry a label, in the order of the manifest. */
export function separationOf({ labels, studyAuc, training }: Measured): readonly Separation[] {
  return labels.map((label, index) => {
    const value = studyAuc[index] ?? null;
    const positives = present(training.positiveStudies[index]);
    const negatives = training.evaluatedStudies - positives;
    const auc = value === null ? null : { value, ...rocAucInterval(value, positives, negatives) };
    return { label, auc, positives, negatives, separates: auc !== null && auc.low > 0.5 };
  });
}

/**
 * Whether a study is at or above the threshold of each label. null where no threshold was fixed, and where the bundle
 * does not separate: its number has no meaning there, and a yes or a no would be invented.
 *
 * @param calibrated probabilities of the study, in the order of the labels
 */
export function decisionsOf(
  manifest: Measured & Pick<BundleManifest, 'thresholds'>,
  calibrated: readonly number[],
): readonly (boolean | null)[] {
  const separation = separationOf(manifest);
  return manifest.thresholds.map((one, label) =>
    one && present(separation[label]).separates ? present(calibrated[label]) >= one.threshold : null,
  );
}

/** A warning that names the labels that are not separated; undefined when all of them are. */
export function separationWarning(manifest: Measured): string | undefined {
  const separation = separationOf(manifest);
  const not = separation.filter(({ separates }) => !separates);
  if (not.length === 0) return undefined;
  const which = not.map(
    ({ label, auc, positives, negatives }) => `${label} (${reason(auc, positives, negatives)})`,
  );
  const all = not.length === separation.length;
  return `This bundle ${all ? 'separates no kind of hemorrhage' : `does not separate ${not.length} of ${separation.length} labels`}: out of fold it is not better than chance, or it was not measured. ${all ? 'None of its numbers is' : 'Their numbers are not'} a finding. Area under the ROC curve of studies: ${which.join('; ')}.`;
}

function reason(auc: Separation['auc'], positives: number, negatives: number): string {
  const cases = `${positives} positive, ${negatives} negative`;
  if (auc === null) return `not measured: ${cases}`;
  return `${auc.value.toFixed(2)}, 95 % interval ${auc.low.toFixed(2)} to ${auc.high.toFixed(2)}, ${cases}`;
}
