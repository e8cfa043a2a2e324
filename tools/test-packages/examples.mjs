import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npm } from './steps.mjs';

/** Copies an example out of the repository, installs the packages that it asks for and runs its test. */
export async function runExample(root, work, env, name, ...args) {
  const project = join(work, `example-${name}`);
  await cp(join(root, 'examples', name), project, {
    recursive: true,
    filter: (path) => !/[\\/](?:node_modules|dist)$/.test(path),
  });
  const file = join(project, 'tsconfig.json');
  const settings = JSON.parse(await readFile(file, 'utf8'));
  // They lead to the packages' sources, which are not here.
  delete settings.references;
  await writeFile(file, JSON.stringify(settings));
  await npm(project, env, 'install', '--ignore-scripts');
  await npm(project, env, 'test', ...(args.length === 0 ? [] : ['--', ...args]));
}
