import { readVariable, variables } from '@ichor/files/environment';
import { IchorError } from '@ichor/files/error';

/** The folds of the training set. */
export const FOLDS = 5;

const all = Array.from({ length: FOLDS }, (_, fold) => fold);

/**
 * The folds that a command works on: the named fold, otherwise those of the environment variable ICHOR_FOLDS (`0,1`),
 * otherwise all five. Every command and the tasks of Nx choose their folds here.
 *
 * @param named `all`, or the number of a fold
 * @throws IchorError `folds/choice`
 */
export function chosenFolds(named = 'all', environment = readVariable('folds')): number[] {
  if (named !== 'all') return foldsOf(named, 'the fold');
  if (environment === undefined || environment.trim() === '') return [...all];
  return foldsOf(environment, variables.folds);
}

function foldsOf(list: string, what: string): number[] {
  const folds = list.split(',').map((text) => (text.trim() === '' ? NaN : Number(text)));
  if (folds.every((fold) => all.includes(fold))) return [...new Set(folds)].sort((a, b) => a - b);
  throw new IchorError({
    code: 'folds/choice',
    reason: `${what} is "${list}"`,
    remedy: `list folds from 0 to ${FOLDS - 1}, such as "0,1"`,
  });
}
