/** Limits between which the true value lies with 95 % confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Probability of each of the two tails. */
const TAIL = 0.025;
/** Quantile of the normal distribution: 2 x 2.5 % of the mass lies beyond +- this value. */
const Z = 1.959963984540054;
/** Number of bisections: the remaining interval is below the precision of a double. */
const HALVINGS = 60;

/**
 * The exact interval of a proportion, e.g. of a sensitivity (Clopper and Pearson 1934). It holds the proportions for
 * which at least so many successes, and at most so many, each have a probability of 2.5 % or more.
 *
 * @returns 0..1 when there were no trials
 */
export function proportionInterval(successes: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  return {
    low: successes === 0 ? 0 : root((p) => atLeast(successes, trials, p) - TAIL),
    high: successes === trials ? 1 : root((p) => TAIL - (1 - atLeast(successes + 1, trials, p))),
  };
}

/**
 * The interval of an area under the ROC curve (Newcombe 2006, part 2, method 5). It holds the areas whose distance from
 * this one is at most 1.96 of their own standard errors. Hanley and McNeil 1982 give these errors for exponential
 * scores, here with the mean of both group sizes. Unlike intervals around the estimate, it also works for an area of 1.
 *
 * @param auc 0..1
 * @returns 0..1 when a class is absent
 */
export function rocAucInterval(auc: number, positives: number, negatives: number): Interval {
  if (positives === 0 || negatives === 0) return { low: 0, high: 1 };
  const others = (positives + negatives) / 2 - 1;
  const error = (area: number) =>
    Math.sqrt(
      ((area * (1 - area)) / (positives * negatives)) *
        (1 + (others * (1 - area)) / (2 - area) + (others * area) / (1 + area)),
    );
  return {
    low: auc === 0 ? 0 : root((area) => area + Z * error(area) - auc, 0, auc),
    high: auc === 1 ? 1 : root((area) => area - Z * error(area) - auc, auc, 1),
  };
}

/** P(X >= successes) of a binomial distribution. */
function atLeast(successes: number, trials: number, p: number): number {
  let logChoose = 0;
  let below = 0;
  for (let i = 0; i < successes; i++) {
    below += Math.exp(logChoose + i * Math.log(p) + (trials - i) * Math.log1p(-p));
    logChoose += Math.log((trials - i) / (i + 1));
  }
  return 1 - below;
}

/** Where a function that is negative at `low` and positive at `high` changes its sign. */
function root(difference: (value: number) => number, low = 0, high = 1): number {
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (difference(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
