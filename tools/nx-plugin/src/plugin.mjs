import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chosenFolds } from './folds.mjs';
import { packageTargets } from './package-targets.mjs';
import { isRecord, readSettings } from './settings.mjs';
import { baseModelTargets, preprocessTargets, stackerTargets, submissionTargets } from './step-targets.mjs';

/** @typedef {import('@nx/devkit').TargetConfiguration} TargetConfiguration */

export const name = '@ichor/nx-plugin';

/**
 * Infers the tasks of every package of the workspace from its package.json.
 *
 * @type {import('@nx/devkit').CreateNodes}
 */
export const createNodes = [
  '{apps/*,libs/*/*,tools/*}/package.json',
  (files, _options, { workspaceRoot }) => {
    const packages = files.map((file) => readPackage(workspaceRoot, file));
    const kindOf = new Map(
      packages.flatMap(({ name, settings }) => (settings === undefined ? [] : [[name, settings.kind]])),
    );
    const folds = chosenFolds(process.env['ICHOR_FOLDS']);
    return packages.map(({ file, name, projectRoot, settings }) => {
      const targets = {
        ...(existsSync(join(workspaceRoot, projectRoot, 'tsconfig.json')) ? packageTargets(projectRoot) : {}),
        ...stepTargets(settings, { name, projectRoot, folds, kindOf }),
      };
      return [file, { projects: { [projectRoot]: { targets } } }];
    });
  },
];

/** The name under which Nx before 23 looks for it. */
export const createNodesV2 = createNodes;

/**
 * @param {import('./settings.mjs').StepSettings | undefined} settings
 * @param {import('./step-targets.mjs').StepContext} context
 * @returns {Record<string, TargetConfiguration>}
 */
function stepTargets(settings, context) {
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

/**
 * @param {string} workspaceRoot
 * @param {string} file
 */
function readPackage(workspaceRoot, file) {
  /** @type {unknown} */
  const manifest = JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8'));
  if (!isRecord(manifest)) throw new Error(`${file}: not an object`);
  const projectRoot = dirname(file);
  const nx = isRecord(manifest['nx']) ? manifest['nx'] : {};
  const folder = projectRoot.slice(projectRoot.lastIndexOf('/') + 1);
  return {
    file,
    projectRoot,
    name: typeof nx['name'] === 'string' ? nx['name'] : folder,
    settings: readSettings(manifest['ichor'], file),
  };
}
