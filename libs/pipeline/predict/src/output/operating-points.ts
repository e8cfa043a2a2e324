import { separationOf, type BundleManifest } from '@ichor/bundle';
import { present } from '@ichor/files';
import { proportionInterval } from '@ichor/metrics';
import type { OperatingPoint, Share } from '@ichor/report';

/** The operating points of the labels that the bundle separates; the thresholds of other labels have no meaning. */
export function operatingPoints(manifest: BundleManifest): readonly OperatingPoint[] {
  const separation = separationOf(manifest);
  return manifest.thresholds.flatMap((one, index) => {
    const { label, separates } = present(separation[index]);
    if (!one || !separates) return [];
    const { threshold, positives, negatives } = one;
    return [
      {
        label,
        threshold,
        sensitivity: share(one.sensitivity, positives),
        specificity: share(one.specificity, negatives),
        positives,
        negatives,
      },
    ];
  });
}

function share(value: number, cases: number): Share {
  return { value, ...proportionInterval(Math.round(value * cases), cases) };
}
