import { separationOf, type BundleManifest } from '@ichor/bundle';
import { present } from '@ichor/files';
import { proportionInterval } from '@ichor/metrics';
import type { OperatingPoint, Share } from '@ichor/report';

/** Those of the labels that the bundle separates; of the others a threshold decides nothing. */
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
