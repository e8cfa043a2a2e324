import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { nearest, UsageError, type PositionalSpec } from '@ichor/cli';

/** The positional argument of commands for one model. */
export const modelPositional: PositionalSpec = {
  name: 'MODEL',
  description: 'Name of an app of this workspace, e.g. xception',
  max: 1,
};

/**
 * The folder of the app that a command is about.
 *
 * @param app as `--app` names it: a folder
 * @param positionals at most one: the name of an app of the workspace, or a folder
 * @throws UsageError when there is none, more than one, or one that is not there
 */
export function appFolder(app: string | undefined, positionals: readonly string[]): string {
  const [model] = positionals;
  if ((app === undefined) === (model === undefined)) {
    throw new UsageError(
      app === undefined ? 'no model is named' : `both --app ${app} and ${model} name a model`,
      'name one, e.g. xception, or the folder of its app: --app apps/xception',
    );
  }
  if (app !== undefined) return app;
  if (model === undefined || /[/\\]|^\.{1,2}$/.test(model)) return model ?? '';
  const apps = folderOf('apps');
  const folder = join(apps, model);
  if (existsSync(join(folder, 'package.json'))) return folder;
  const guess = existsSync(apps) ? nearest(model, readdirSync(apps)) : undefined;
  throw new UsageError(
    `there is no ${model} in ${apps}`,
    guess === undefined ? 'give the folder of its app: --app FOLDER' : `did you mean ${guess}?`,
  );
}

/** A folder, looked for upwards from the current one. */
export function folderOf(folder: string): string {
  const here = resolve(folder);
  for (let at = process.cwd(); ; at = dirname(at)) {
    const candidate = resolve(at, folder);
    if (existsSync(candidate)) return candidate;
    if (at === dirname(at)) return here;
  }
}
