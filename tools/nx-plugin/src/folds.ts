const FOLDS = 5;

/**
 * The folds to work on: all five, or those that ICHOR_FOLDS names (`0,1`).
 *
 * @param named the value of ICHOR_FOLDS
 */
export function chosenFolds(named: string | undefined): number[] {
  const all = Array.from({ length: FOLDS }, (_, fold) => fold);
  if (named === undefined || named.trim() === '') return all;
  const folds = named.split(',').map((text) => (text.trim() === '' ? NaN : Number(text)));
  if (folds.some((fold) => !all.includes(fold))) {
    throw new Error(`ICHOR_FOLDS is "${named}"; it must list folds from 0 to ${FOLDS - 1}, such as "0,1"`);
  }
  return [...new Set(folds)].sort((a, b) => a - b);
}
