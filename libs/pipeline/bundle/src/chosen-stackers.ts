import type { FittedStacker, SkippedFold } from './trained-folds.js';

export interface ChosenStackers {
  /** First level first. */
  readonly stackers: readonly FittedStacker[];
  readonly skipped: readonly SkippedFold[];
}

/**
 * The fitted stackers whose inputs of the same fold are all there: networks that the bundle holds, or other stackers
 * that it can hold.
 *
 * @param networks the networks in the bundle
 */
export function chooseStackers(
  candidates: readonly FittedStacker[],
  networks: readonly { readonly model: string; readonly fold: number }[],
): ChosenStackers {
  const there = new Set(networks.map(({ model, fold }) => `${model} ${fold}`));
  const stackers: FittedStacker[] = [];
  const lacking = ({ settings, fold }: FittedStacker) =>
    settings.inputs.filter((input) => !there.has(`${input} ${fold}`));
  let rest = [...candidates];
  // A second level becomes possible when the first is there.
  for (let before = -1; before !== rest.length;) {
    before = rest.length;
    rest = rest.filter((candidate) => {
      if (lacking(candidate).length > 0) return true;
      there.add(`${candidate.settings.name} ${candidate.fold}`);
      stackers.push(candidate);
      return false;
    });
  }
  const skipped = rest.map((stacker) => ({
    name: stacker.settings.name,
    fold: stacker.fold,
    reason: `it reads models that are not in the bundle: ${lacking(stacker).join(', ')}`,
  }));
  return { stackers, skipped };
}

/** The stacker that speaks for the bundle: of those that feed no other one, that of most folds, the last by name. */
export function finalStacker(stackers: readonly FittedStacker[]): string | undefined {
  const used = new Set(stackers.flatMap(({ settings }) => settings.inputs));
  const folds = new Map<string, number>();
  for (const { settings } of stackers) {
    if (!used.has(settings.name)) folds.set(settings.name, (folds.get(settings.name) ?? 0) + 1);
  }
  return [...folds].sort(([a, m], [b, n]) => m - n || a.localeCompare(b)).at(-1)?.[0];
}
