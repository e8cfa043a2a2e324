import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readVariable } from './environment.js';

/** A step of the pipeline that a remedy asks for. */
export interface PipelineTask {
  /** Name of the app or library, as in `npx nx run PROJECT:...` and `@ichor/PROJECT`. */
  readonly project: string;
  readonly target: 'preprocess' | 'train' | 'predict' | 'make' | 'build-lightgbm';
  /** One fold of `train` or `predict`; default: every fold. */
  readonly fold?: number;
}

/**
 * The command that runs a task where the user is: the task of Nx in a workspace with the plugin of Ichor, elsewhere the
 * program of the package, for the same root folder. The package is named with its scope: npx would take a program of
 * that name from anybody where the package is not installed.
 *
 * @param from where the user is
 */
export function taskCommand({ project, target, fold }: PipelineTask, from: string = process.cwd()): string {
  if (hasPlugin(from)) return `npx nx run ${project}:${target}${fold === undefined ? '' : `-fold-${fold}`}`;
  // Programs with one purpose have no commands.
  const command = target === 'train' || target === 'predict' ? ` ${target}` : '';
  const root = target === 'build-lightgbm' ? undefined : readVariable('root');
  return [
    `npx @ichor/${project}${command}`,
    ...(root === undefined ? [] : [`--root ${quoted(root)}`]),
    ...(fold === undefined ? [] : [`--fold ${fold}`]),
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
