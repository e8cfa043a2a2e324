import { present } from '@ichor/files';
import { RandomStream } from '@ichor/files/random';
import { rocAuc } from '@ichor/metrics';

/** Cases of one cluster (a study, a patient): they are drawn together. */
export interface Cluster {
  readonly truth: readonly number[];
  readonly score: readonly number[];
}

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A figure of chosen clusters with the percentiles 2.5 and 97.5 of draws of whole clusters with replacement. */
function bootstrap(count: number, of: (chosen: readonly number[]) => number, draws: number, seed: number) {
  const random = new RandomStream(seed);
  const drawn = Array.from({ length: draws }, () =>
    of(Array.from({ length: count }, () => Math.floor(random.next() * count))),
  )
    // A draw without a positive or a negative case has none.
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const quantile = (share: number) => drawn[Math.round(share * (drawn.length - 1))] ?? NaN;
  const all = Array.from({ length: count }, (_, cluster) => cluster);
  return { value: of(all), low: quantile(0.025), high: quantile(0.975) };
}

function aucOf(clusters: readonly Cluster[], chosen: readonly number[]): number {
  const drawn = chosen.map((cluster) => present(clusters[cluster]));
  return rocAuc(
    drawn.flatMap(({ truth }) => truth),
    drawn.flatMap(({ score }) => score),
  );
}

/** Area under the ROC curve. */
export function bootstrapAuc(clusters: readonly Cluster[], draws = 1000, seed = 1): Interval {
  return bootstrap(clusters.length, (chosen) => aucOf(clusters, chosen), draws, seed);
}

/** How much larger the area of one set of scores is than that of another for the same cases: the same draws for both. */
export function bootstrapDifference(
  clusters: readonly Cluster[],
  other: readonly Cluster[],
  draws = 1000,
  seed = 1,
): Interval {
  return bootstrap(clusters.length, (chosen) => aucOf(clusters, chosen) - aucOf(other, chosen), draws, seed);
}
