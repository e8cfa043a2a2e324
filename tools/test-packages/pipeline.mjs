import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './steps.mjs';

/**
 * A data set is made, preprocessed, learned and predicted by the programs of the installed packages.
 *
 * @param data folder of the data, which may be the project itself
 */
export async function trainElsewhere(project, env, data) {
  const npx = (...args) => run('npx', ['--no-install', ...args], { cwd: project, env });
  const set = ['--patients', '12', '--test-patients', '2', '--size', '64', '--overwrite'];
  await npx('@ichor/ichor', 'phantom', '--out', data, ...set);
  // Before the tables are there, the remedy is a command that works here.
  const fold = ['--root', data, '--fold', '0', '--config', 'demo', '--epochs', '1', '--limit', '16'];
  const { stderr } = await npx('@ichor/xception', 'train', ...fold).catch((failure) => failure);
  const remedy = `npx @ichor/preprocess --root ${data}`;
  if (!stderr.includes(remedy)) throw new Error(`no "${remedy}" in: ${stderr}`);
  await run(join(project, 'node_modules', '.bin', 'preprocess'), ['--root', data, '--folds', '2'], {
    cwd: project,
    env,
  });
  await npx('@ichor/xception', 'train', ...fold);
  await npx('@ichor/xception', 'predict', ...fold);
}

/** One line in a folder where nothing is installed, as docs/publishing.md has it: the fold that was trained is predicted again. */
export async function predictInOneLine(folder, env, data) {
  await mkdir(folder);
  const packages = ['onnxruntime-node', '@ichor/xception'].flatMap((name) => ['-p', name]);
  const program = [
    'xception',
    'predict',
    '--root',
    data,
    '--fold',
    '0',
    '--config',
    'demo',
    '--epochs',
    '1',
    '--limit',
    '16',
  ];
  const { stderr } = await run('npx', ['--yes', '--ignore-scripts', ...packages, ...program], {
    cwd: folder,
    env,
  });
  const left = await readdir(folder);
  if (left.length > 0) throw new Error(`it leaves ${left.join(', ')}: ${stderr}`);
}
