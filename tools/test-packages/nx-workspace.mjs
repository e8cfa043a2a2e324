import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npm, run } from './steps.mjs';

/** The plugin in an empty workspace of Nx: it is added, makes a model, and its tasks learn from a phantom data set. */
export async function useWorkspace(root, work, env) {
  const folder = join(work, 'nx-workspace');
  await mkdir(folder);
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: '@clinic/source', private: true }));
  await writeFile(join(folder, 'nx.json'), JSON.stringify({ neverConnectToCloud: true, analytics: false }));
  // The engine first, so that no install script of it runs afterwards.
  await npm(folder, env, 'install', '--ignore-scripts', '-D', `nx@${devDependencies.nx}`, 'onnxruntime-node');
  const own = { ...env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', CI: 'true', NX_WORKSPACE_ROOT_PATH: folder };
  const nx = (...args) => run('npx', ['--no-install', 'nx', ...args], { cwd: folder, env: own });
  await nx('add', '@ichor/nx-plugin');
  await nx(
    'g',
    '@ichor/nx-plugin:base-model',
    'my-net',
    '--backbone',
    'efficientnet-b0',
    '--image-size',
    '64',
  );
  await npm(folder, env, 'install', '--ignore-scripts', '-D', '@ichor/ichor');
  const set = ['--patients', '12', '--test-patients', '2', '--size', '64', '--overwrite'];
  await run('npx', ['--no-install', '@ichor/ichor', 'phantom', '--out', '.', ...set], { cwd: folder, env });
  const small = ['--slices-per-epoch', '16', '--epochs', '1'];
  await nx('run', 'my-net:predict-fold-0:demo', ...small);
  const made = await readdir(join(folder, 'intermediate_output', 'my-net'));
  if (!made.includes('fold0_valid.arrow')) throw new Error(`there are only ${made.join(', ')}`);
  const again = await nx('run', 'my-net:predict-fold-0:demo', ...small);
  if (!/cache/.test(again.stdout)) throw new Error(`the second run is no cache hit: ${again.stdout}`);
}
