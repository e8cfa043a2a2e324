import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CreateNodes, TargetConfiguration } from '@nx/devkit';
import { chosenFolds } from '@ichor/folds';
import { packageTargets } from './package-targets.js';
import { programTargets } from './program-targets.js';
import { isRecord, readSettings, type StepSettings } from './settings.js';
import {
  baseModelTargets,
  preprocessTargets,
  stackerTargets,
  submissionTargets,
  type StepContext,
} from './step-targets.js';

export const name = '@ichor/nx-plugin';

/** Infers the tasks of every package of the workspace from its package.json. */
export const createNodes: CreateNodes = [
  '{apps/*,libs/*/*,tools/*}/package.json',
  (files, _options, { workspaceRoot }) => {
    const packages = files.map((file) => readPackage(workspaceRoot, file));
    const kindOf = new Map(
      packages.flatMap(({ name, settings }) => (settings === undefined ? [] : [[name, settings.kind]])),
    );
    const folds = chosenFolds();
    return packages.map(({ file, name, projectRoot, settings, bin }) => {
      const targets = {
        ...(existsSync(join(workspaceRoot, projectRoot, 'tsconfig.json')) ? packageTargets(projectRoot) : {}),
        ...programTargets({
          projectRoot,
          bin,
          commands: settings?.kind === 'program' ? settings.commands : [],
        }),
        ...stepTargets(settings, { name, projectRoot, folds, kindOf }),
      };
      return [file, { projects: { [projectRoot]: { targets } } }];
    });
  },
];

function stepTargets(
  settings: StepSettings | undefined,
  context: StepContext,
): Record<string, TargetConfiguration> {
  switch (settings?.kind) {
    case 'preprocess':
      return preprocessTargets(context);
    case 'base-model':
      return baseModelTargets(context, settings);
    case 'stacker':
      return stackerTargets(context, settings);
    case 'submission':
      return submissionTargets(context, settings);
    default:
      return {};
  }
}

function readPackage(workspaceRoot: string, file: string) {
  const manifest: unknown = JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8'));
  if (!isRecord(manifest)) throw new Error(`${file}: not an object`);
  const projectRoot = dirname(file);
  const nx = isRecord(manifest['nx']) ? manifest['nx'] : {};
  const folder = projectRoot.slice(projectRoot.lastIndexOf('/') + 1);
  return {
    file,
    projectRoot,
    name: typeof nx['name'] === 'string' ? nx['name'] : folder,
    settings: readSettings(manifest['ichor'], file),
    bin: isRecord(manifest['bin']) ? (manifest['bin'] as Record<string, string>) : {},
  };
}
