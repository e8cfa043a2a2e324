import { taskCommand } from '@ichor/files';
import { BundleError } from './error.js';
import type { FittedStacker, SkippedFold, TrainedNetwork } from './trained-folds.js';

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

/**
 * The final stacker of the bundle: the requested one; else, of those that feed no other one, that of most
 * folds, of equal ones that of the highest level, the last by name.
 *
 * @param skipped what was left out, for the reason
 * @throws BundleError `bundle/final` when the requested one is not available
 */
export function finalStacker(
  stackers: readonly FittedStacker[],
  wanted?: string,
  skipped: readonly SkippedFold[] = [],
): string | undefined {
  const names = new Set(stackers.map(({ settings }) => settings.name));
  if (wanted !== undefined) {
    if (names.has(wanted)) return wanted;
    const why = skipped
      .filter(({ name }) => name === wanted)
      .map(({ fold, reason }) => `fold ${fold}: ${reason}`);
    const others = [...names].sort().join(', ');
    throw new BundleError({
      code: 'bundle/final',
      reason: [
        `${wanted} cannot be the final stacker of the bundle`,
        ...(why.length > 0 ? why : ['it is not fitted']),
      ].join('; '),
      remedy: `fit it: ${taskCommand({ project: wanted, target: 'train' })}${others === '' ? '' : `, or choose one of ${others}`}`,
    });
  }
  const used = new Set(stackers.flatMap(({ settings }) => settings.inputs));
  const inputsOf = new Map(stackers.map(({ settings }) => [settings.name, settings.inputs]));
  const level = (name: string): number => 1 + Math.max(-1, ...(inputsOf.get(name) ?? []).map(level));
  const folds = (name: string) => stackers.filter(({ settings }) => settings.name === name).length;
  return [...names]
    .filter((name) => !used.has(name))
    .sort((a, b) => folds(a) - folds(b) || level(a) - level(b) || a.localeCompare(b))
    .at(-1);
}

export interface ReadParts {
  readonly networks: readonly TrainedNetwork[];
  /** First level first. */
  readonly stackers: readonly FittedStacker[];
  readonly skipped: readonly SkippedFold[];
}

/**
 * The models that the final stacker reads, directly or through others, fold by fold; all models if there is
 * no final stacker.
 */
export function readBy(
  final: string | undefined,
  networks: readonly TrainedNetwork[],
  stackers: readonly FittedStacker[],
): ReadParts {
  if (final === undefined) return { networks, stackers, skipped: [] };
  const read = new Set<string>();
  // Higher levels come last, so one pass from the end sees every reader before what it reads.
  for (const { settings, fold } of [...stackers].reverse()) {
    const key = `${settings.name} ${fold}`;
    if (settings.name === final) read.add(key);
    if (read.has(key)) for (const input of settings.inputs) read.add(`${input} ${fold}`);
  }
  const isRead = (name: string, fold: number) => read.has(`${name} ${fold}`);
  const unread = (name: string, fold: number) =>
    isRead(name, fold) ? [] : [{ name, fold, reason: `the final model ${final} does not read it` }];
  return {
    networks: networks.filter(({ model, fold }) => isRead(model, fold)),
    stackers: stackers.filter(({ settings, fold }) => isRead(settings.name, fold)),
    skipped: [
      ...networks.flatMap(({ model, fold }) => unread(model, fold)),
      ...stackers.flatMap(({ settings, fold }) => unread(settings.name, fold)),
    ],
  };
}
