import { present } from '@ichor/files/present';
import { byCodePoint, type FoldOptions } from './label-folds.js';
import { PythonRandom } from './python-random.js';

/** Samples of any project: `groups[i]` and `classes[i]` belong to sample i. */
export interface GroupedSamples {
  readonly groups: readonly string[];
  readonly classes: readonly (string | number)[];
}

/**
 * Stratified k-fold in which no group is split. Groups with the most uneven classes come first. Each group goes to the
 * fold where the shares of the classes stay most equal over the folds; of equal folds, to the one with fewest samples.
 *
 * This is the greedy rule of scikit-learn's `StratifiedGroupKFold`. The seed shuffles the groups first, and so decides
 * between equals.
 *
 * @returns the fold of each sample
 */
export function groupedStratifiedFolds(
  { groups, classes }: GroupedSamples,
  { folds = 5, seed = 10 }: FoldOptions = {},
): Int8Array {
  if (groups.length !== classes.length)
    throw new RangeError(`groupedStratifiedFolds: ${groups.length} groups, but ${classes.length} classes`);
  const names = [...new Set(groups)].sort(byCodePoint);
  if (!Number.isInteger(folds) || folds < 2 || folds > 127 || folds > names.length)
    throw new RangeError(
      `groupedStratifiedFolds: expected 2 to ${Math.min(127, names.length)} folds for ${names.length} groups, received ${folds}`,
    );
  const kinds = new Map([...new Set(classes)].map((kind, i) => [kind, i]));
  const totals = new Float64Array(kinds.size);
  const countsOf = new Map(names.map((name) => [name, new Float64Array(kinds.size)]));
  for (const [i, name] of groups.entries()) {
    const kind = kinds.get(present(classes[i])) ?? 0;
    present(countsOf.get(name))[kind]!++;
    totals[kind]!++;
  }

  new PythonRandom(seed).shuffle(names);
  // Array.sort is stable: the shuffle decides between equals.
  names.sort((a, b) => deviation(present(countsOf.get(b))) - deviation(present(countsOf.get(a))));
  const filled = Array.from({ length: folds }, () => new Float64Array(kinds.size));
  const foldOf = new Map<string, number>();
  for (const name of names) {
    const counts = present(countsOf.get(name));
    const fold = bestFold(filled, counts, totals);
    add(present(filled[fold]), counts, 1);
    foldOf.set(name, fold);
  }
  return Int8Array.from(groups, (name) => foldOf.get(name) ?? -1);
}

function bestFold(filled: readonly Float64Array[], counts: Float64Array, totals: Float64Array): number {
  let best = 0;
  let bestUnevenness = Infinity;
  let bestSize = Infinity;
  for (const [fold, current] of filled.entries()) {
    add(current, counts, 1);
    const unevenness = meanDeviation(filled, totals);
    add(current, counts, -1);
    const size = current.reduce((sum, count) => sum + count, 0);
    const equal = Math.abs(unevenness - bestUnevenness) < 1e-12;
    if (unevenness < bestUnevenness - 1e-12 || (equal && size < bestSize)) {
      best = fold;
      bestUnevenness = unevenness;
      bestSize = size;
    }
  }
  return best;
}

/** Mean over the classes of the standard deviation of the folds' shares of the class. */
function meanDeviation(filled: readonly Float64Array[], totals: Float64Array): number {
  const shares = new Float64Array(filled.length);
  let sum = 0;
  for (let kind = 0; kind < totals.length; kind++) {
    for (const [fold, counts] of filled.entries()) shares[fold] = counts[kind]! / totals[kind]!;
    sum += deviation(shares);
  }
  return sum / totals.length;
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function add(target: Float64Array, counts: Float64Array, sign: 1 | -1): void {
  for (const [i, count] of counts.entries()) target[i]! += sign * count;
}
