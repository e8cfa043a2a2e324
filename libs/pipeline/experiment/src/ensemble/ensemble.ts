import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readAppManifest, type AppManifest } from '../app/app-manifest.js';
import { ExperimentError } from '../error.js';

/** A base model or a stacker. */
export interface EnsembleModel {
  readonly name: string;
  /** Models whose predictions it combines; none for a base model. */
  readonly inputs: readonly string[];
  /** 0 for a base model, else one more than that of its highest input. */
  readonly level: number;
}

/** All models of a workspace, and which models read the predictions of which. */
export interface Ensemble {
  /** By level, then by name. */
  readonly models: readonly EnsembleModel[];
  /** The model that is submitted; undefined in a workspace without a submission. */
  readonly final: string | undefined;
}

/**
 * Reads the graph of the ensemble. It is stated in one place: the field `ichor` in the package.json of each app.
 *
 * @param apps folder whose subfolders are the apps
 * @throws ExperimentError `experiment/app`, `experiment/ensemble`
 */
export async function readEnsemble(apps: string): Promise<Ensemble> {
  const entries = await readdir(apps, { withFileTypes: true });
  const folders = entries
    .map(({ name }) => join(apps, name))
    .filter((folder) => existsSync(join(folder, 'package.json')));
  return ensembleOf(await Promise.all(folders.map(readAppManifest)), apps);
}

/** @param place for messages. @throws ExperimentError `experiment/ensemble` for an unknown input or a circle */
export function ensembleOf(apps: readonly AppManifest[], place: string): Ensemble {
  const inputsOf = new Map<string, readonly string[]>();
  let final: string | undefined;
  for (const { name, step } of apps) {
    if (step?.kind === 'base-model') inputsOf.set(name, []);
    else if (step?.kind === 'stacker') inputsOf.set(name, step.inputs);
    else if (step?.kind === 'submission') final = step.inputs[0];
  }
  const levels = new Map<string, number>();
  const levelOf = (name: string, above: readonly string[]): number => {
    const known = levels.get(name);
    if (known !== undefined) return known;
    const inputs = inputsOf.get(name);
    const reader = above.at(-1) ?? 'the submission';
    if (inputs === undefined)
      throw wrong(place, `${reader} reads the predictions of ${name}, which is not a model`);
    if (above.includes(name))
      throw wrong(place, `${name} reads its own predictions: ${[...above, name].join(' reads ')}`);
    const level = Math.max(-1, ...inputs.map((input) => levelOf(input, [...above, name]))) + 1;
    levels.set(name, level);
    return level;
  };
  const models = [...inputsOf].map(([name, inputs]) => ({ name, inputs, level: levelOf(name, []) }));
  if (final !== undefined) levelOf(final, []);
  models.sort((a, b) => a.level - b.level || (a.name < b.name ? -1 : 1));
  return { models, final };
}

function wrong(file: string, reason: string): ExperimentError {
  return new ExperimentError({
    code: 'experiment/ensemble',
    file,
    reason,
    remedy:
      'correct "inputs" of the field "ichor" in its package.json, or add the package of the missing model to the folder',
  });
}
