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

/** What the entry of the plugin in nx.json may say. */
export interface PluginOptions {
  /**
   * True: build, typecheck, test and lint for every package below apps, libs and tools, as the repository of Ichor wants them.
   * Default: tasks only for packages that state a step of the pipeline, and their build.
   */
  readonly packageTasks?: boolean;
}

const housePackage = /^(?:apps\/[^/]+|libs\/[^/]+\/[^/]+|tools\/[^/]+)\/package\.json$/;

/** Infers the tasks of the packages of a workspace from their package.json. */
export const createNodes: CreateNodes<PluginOptions> = [
  '**/package.json',
  (files, options, { workspaceRoot }) => {
    const packageTasks = options?.packageTasks ?? false;
    const packages = files
      .map((file) => readPackage(workspaceRoot, file))
      .filter(({ file, settings }) => settings !== undefined || (packageTasks && housePackage.test(file)));
    const kindOf = new Map(
      packages.flatMap(({ name, settings }) => (settings === undefined ? [] : [[name, settings.kind]])),
    );
    const folds = chosenFolds();
    return packages.map(({ file, name, projectRoot, settings, bin }) => {
      const { build, ...others } = packageTargets(projectRoot);
      const compiled = existsSync(join(workspaceRoot, projectRoot, 'tsconfig.json'));
      const targets = {
        ...(compiled && build !== undefined ? { build } : {}),
        ...(compiled && packageTasks ? others : {}),
        ...programTargets({
          projectRoot,
          bin,
          commands: settings?.kind === 'program' ? settings.commands : [],
        }),
        ...stepTargets(settings, { name, projectRoot, folds, kindOf }),
      };
      return [file, { projects: { [projectRoot]: { name, targets } } }];
    });
  },
];

function stepTargets(
  settings: StepSettings | undefined,
  context: StepContext,
): Record<string, TargetConfiguration> {
  switch (settings?.kind) {
    case 'preprocess':
      return preprocessTargets();
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
  const manifest = readManifest(join(workspaceRoot, file));
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

/** An unreadable package.json is no step of the pipeline; Nx and npm report its error. */
function readManifest(file: string): Record<string, unknown> {
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(manifest) ? manifest : {};
  } catch {
    return {};
  }
}
