import { present } from '@ichor/files';
import { RandomStream } from '@ichor/files/random';
import { rocAuc } from '@ichor/metrics';

/** Cases of one cluster (a study, a patient): they are drawn together. */
export interface Cluster {
  readonly truth: readonly number[];
  readonly score: readonly number[];
}

export interface AucInterval {
  readonly auc: number;
  readonly low: number;
  readonly high: number;
}

/** Area under the ROC curve with the percentiles 2.5 and 97.5 of draws of whole clusters with replacement. */
export function bootstrapAuc(clusters: readonly Cluster[], draws = 1000, seed = 1): AucInterval {
  const random = new RandomStream(seed);
  const aucOf = (chosen: readonly Cluster[]) =>
    rocAuc(
      chosen.flatMap(({ truth }) => truth),
      chosen.flatMap(({ score }) => score),
    );
  const drawn = Array.from({ length: draws }, () =>
    aucOf(clusters.map(() => present(clusters[Math.floor(random.next() * clusters.length)]))),
  )
    // A draw without a positive or a negative case has none.
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const quantile = (share: number) => drawn[Math.round(share * (drawn.length - 1))] ?? NaN;
  return { auc: aucOf(clusters), low: quantile(0.025), high: quantile(0.975) };
}
