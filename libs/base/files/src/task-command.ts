import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readVariable } from './environment.js';

/** A step of the pipeline that a remedy asks for. */
export interface PipelineTask {
  /** Name of the app or library, as in `npx nx run PROJECT:...` and `@ichor/PROJECT`; that of a named run follows a dot. */
  readonly project: string;
  readonly target: 'preprocess' | 'train' | 'predict' | 'make' | 'build-lightgbm';
  /** One fold of `train` or `predict`; default: every fold. */
  readonly fold?: number;
}

/**
 * The command that runs a task in the user's folder. In a workspace with the plugin of Ichor it is the Nx task; in other
 * places it is the program of the package, for the same root folder. The package is named with its scope: without the
 * scope, and without an installed package, npx would run a stranger's program of that name.
 *
 * @param from the user's current folder
 */
export function taskCommand({ project, target, fold }: PipelineTask, from: string = process.cwd()): string {
  // `xception.slow` is the run `slow` of xception.
  const [name = project, run] = project.split('.');
  const ofRun = run === undefined ? [] : [`--run ${run}`];
  if (hasPlugin(from)) {
    const task = `npx nx run ${name}:${target}${fold === undefined ? '' : `-fold-${fold}`}`;
    return [task, ...ofRun].join(' ');
  }
  // Programs with one purpose have no commands.
  const command = target === 'train' || target === 'predict' ? ` ${target}` : '';
  const root = target === 'build-lightgbm' ? undefined : readVariable('root');
  return [
    `npx @ichor/${name}${command}`,
    ...(root === undefined ? [] : [`--root ${quoted(root)}`]),
    ...(fold === undefined ? [] : [`--fold ${fold}`]),
    ...ofRun,
  ].join(' ');
}

/** True below a folder whose `nx.json` names the plugin. */
function hasPlugin(from: string): boolean {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const file = join(folder, 'nx.json');
    // Read as text: comments are allowed in it.
    if (existsSync(file))
      return /"(?:@ichor|\.\/tools)\/nx-plugin(?:\/load\.mjs)?"/.test(readFileSync(file, 'utf8'));
    if (folder === dirname(folder)) return false;
  }
}

function quoted(path: string): string {
  return /^[\w./\\:~-]+$/.test(path) ? path : `"${path}"`;
}
