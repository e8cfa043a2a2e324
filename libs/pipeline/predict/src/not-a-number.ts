import { IchorError } from '@ichor/files';

/**
 * Refuses values that are not numbers: a network with damaged weights, or one that overflows on these pixels,
 * has no answer, and no answer is not "no".
 *
 * @param who `model-base, fold 0`
 * @throws IchorError `predict/not-a-number`
 */
export function mustBeNumbers(values: ArrayLike<number>, who: string): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new IchorError({
      code: 'predict/not-a-number',
      reason: `${who} gives ${String(values[i])}, which is not a probability`,
      remedy: 'make the bundle again without it, or report which images it fails on',
    });
  }
}
