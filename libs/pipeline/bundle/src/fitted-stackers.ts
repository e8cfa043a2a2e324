import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readManifest } from '@ichor/cli';
import { listEntries, listFolder } from '@ichor/files';
import { stackerFiles, stackerSchema, type Stacker, type StackerParts } from '@ichor/stacking';
import { LABELS, type Layout } from '@ichor/tables';

/** What a manifest holds beside the settings of the stacker. */
const added: ReadonlySet<string> = new Set(['fold', 'folds', 'configuration']);

/** A fold of a stacker that is fitted. */
export interface FittedStacker {
  readonly settings: Stacker;
  readonly fold: number;
  readonly parts: StackerParts;
}

/**
 * The fitted stackers whose inputs of the same fold are all there: networks that the bundle holds, or other stackers
 * that it can hold. First level first.
 *
 * @param networks `<model> <fold>` of the networks in the bundle
 */
export async function fittedStackers(
  paths: Layout,
  networks: ReadonlySet<string>,
): Promise<readonly FittedStacker[]> {
  const candidates = await allStackers(paths);
  const there = new Set(networks);
  const chosen: FittedStacker[] = [];
  // A second level becomes possible when the first is there.
  for (let found = true; found;) {
    found = false;
    for (const candidate of candidates) {
      const key = `${candidate.settings.name} ${candidate.fold}`;
      if (there.has(key)) continue;
      if (!candidate.settings.inputs.every((input) => there.has(`${input} ${candidate.fold}`))) continue;
      there.add(key);
      chosen.push(candidate);
      found = true;
    }
  }
  return chosen;
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

async function allStackers(paths: Layout): Promise<FittedStacker[]> {
  const parent = join(paths.preprocessedFolder, '..');
  const entries = (await listEntries(parent)) ?? [];
  const stackers: FittedStacker[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    for (const file of (await listFolder(join(parent, name))) ?? []) {
      const fold = Number(/^fold(\d+)_valid\.arrow$/.exec(file)?.[1] ?? NaN);
      const stacker = Number.isNaN(fold) ? undefined : await fittedStacker(paths, name, fold);
      if (stacker) stackers.push(stacker);
    }
  }
  return stackers.sort((a, b) => a.settings.name.localeCompare(b.settings.name) || a.fold - b.fold);
}

async function fittedStacker(paths: Layout, name: string, fold: number): Promise<FittedStacker | undefined> {
  const files = stackerFiles(paths, name, fold);
  if (!existsSync(files.manifest)) return undefined;
  const { config } = await readManifest(files.manifest);
  const settings = Object.entries(config).filter(([key]) => !added.has(key));
  const parsed = stackerSchema.safeParse(Object.fromEntries(settings));
  if (!parsed.success) return undefined;
  return { settings: parsed.data, fold, parts: partsOf(parsed.data, files) };
}

function partsOf(settings: Stacker, files: ReturnType<typeof stackerFiles>): StackerParts {
  if (settings.kind === 'cnn-1' || settings.kind === 'cnn-2') return { all: files.weights };
  return Object.fromEntries(
    LABELS.map((label) => {
      if (settings.kind === 'mlp') return [label, files.labelWeights(label)];
      const lightgbm = files.booster(label, 'lightgbm');
      return [label, existsSync(lightgbm) ? lightgbm : files.booster(label, 'ml-xgboost')];
    }),
  );
}
