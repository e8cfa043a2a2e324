import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const ichor = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Stands for the runners: writes what they write, and a line for every time that it really ran. */
const runner = `
  import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
  const [what, ...words] = process.argv.slice(2);
  const [name, fold] = ['--app', '--fold'].map((option) => words[words.indexOf(option) + 1]);
  const rest = what === 'preprocess' ? [] : words.slice(words.indexOf('--fold') + 2);
  const root = process.env.ICHOR_ROOT || '.';
  const run = words.includes('--run') ? '.' + words[words.indexOf('--run') + 1] : '';
  const folder = root + '/intermediate_output/' + (what === 'preprocess' ? 'preprocessed_data' : name.split('/').pop() + run);
  mkdirSync(folder, { recursive: true });
  const label = readFileSync(root + '/input/stage_2_train.csv', 'utf8').trim();
  for (const file of what === 'preprocess' ? ['train_folds.arrow', 'test.arrow', 'generation.json'] : []) writeFileSync(folder + '/' + file, label);
  if (what === 'train') writeFileSync(folder + '/fold' + fold + '_epoch0.safetensors', 'weights ' + label);
  if (what === 'train') writeFileSync(folder + '/fold' + fold + '_train.json', '{}');
  if (what === 'predict') writeFileSync(folder + '/fold' + fold + '.json', '{}');
  for (const set of what === 'predict' ? ['valid', 'test'] : []) writeFileSync(folder + '/fold' + fold + '_' + set + '.arrow', set);
  appendFileSync('ran.txt', [what, fold, ...rest].join(' ').trim() + '\\n');
`;

/** A workspace with one base model, real Nx and the real plugin, and made-up runners. */
async function smallWorkspace() {
  const workspace = await realpath(await mkdtemp(join(tmpdir(), 'ichor-nx-')));
  const put = async (path: string, content: unknown) => {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), typeof content === 'string' ? content : JSON.stringify(content));
  };
  // What is installed, but for the programs of the steps.
  await mkdir(join(workspace, 'node_modules', '@ichor'), { recursive: true });
  for (const name of await readdir(join(ichor, 'node_modules'))) {
    if (name !== '@ichor' && !name.startsWith('.'))
      await symlink(join(ichor, 'node_modules', name), join(workspace, 'node_modules', name));
  }
  await symlink(join(ichor, 'tools/nx-plugin'), join(workspace, 'node_modules/@ichor/nx-plugin'));
  await put('package.json', { name: 'small', private: true, workspaces: ['apps/*'] });
  const { namedInputs } = JSON.parse(await readFile(join(ichor, 'nx.json'), 'utf8')) as {
    namedInputs: unknown;
  };
  await put('nx.json', {
    plugins: [join(ichor, 'tools/nx-plugin/load.mjs')],
    namedInputs,
    neverConnectToCloud: true,
    analytics: false,
  });
  await put('apps/preprocess/package.json', { name: 'preprocess', ichor: { kind: 'preprocess' } });
  await put('apps/net/package.json', { name: 'net', ichor: { kind: 'base-model' } });
  await put('apps/net/src/config.ts', '1');
  await put('runner.mjs', runner);
  const call = (what: string) =>
    `process.argv.splice(2, 0, '${what}'); await import('../../../../../runner.mjs');`;
  const programs = 'node_modules/@ichor';
  await put(`${programs}/training/dist/bin/train.js`, call('train'));
  await put(`${programs}/training/dist/bin/predict.js`, call('predict'));
  await put(`${programs}/training/dist/bin/package.json`, { type: 'module' });
  await put(
    `${programs}/preprocess/dist/main.js`,
    `process.argv.splice(2, 0, 'preprocess'); await import('../../../../runner.mjs');`,
  );
  await put(`${programs}/preprocess/dist/package.json`, { type: 'module' });
  // A folder outside the workspace, where Nx itself can neither see nor restore a file.
  const data = await mkdtemp(join(tmpdir(), 'ichor-root-'));
  await mkdir(join(data, 'input', 'stage_2_train_images'), { recursive: true });
  await writeFile(join(data, 'input', 'stage_2_train.csv'), 'a');
  return {
    data,
    put,
    /** Runs Nx; gives what really ran, in order. */
    async nx(...args: string[]): Promise<string[]> {
      await writeFile(join(workspace, 'ran.txt'), '');
      const env: NodeJS.ProcessEnv = {
        ...process.env,
        NX_DAEMON: 'false',
        NX_ISOLATE_PLUGINS: 'false',
        NX_WORKSPACE_ROOT_PATH: workspace,
        NX_CACHE_DIRECTORY: join(workspace, '.nx', 'cache'),
        ICHOR_ROOT: data,
        CI: 'true',
      };
      await promisify(execFile)(process.execPath, [join(ichor, 'node_modules/nx/dist/bin/nx.js'), ...args], {
        cwd: workspace,
        env,
      });
      const ran = await readFile(join(workspace, 'ran.txt'), 'utf8');
      return ran.split('\n').filter((line) => line !== '');
    },
  };
}

describe('the cache of the steps', () => {
  it('runs a task once, and again only when its files, data, code or settings are not those of the last run', async () => {
    const { nx, data, put } = await smallWorkspace();
    const output = (name: string) => join(data, 'intermediate_output', name);
    expect(await nx('run', 'net:predict-fold-0')).toEqual(['preprocess', 'train 0', 'predict 0']);

    // Nothing changed.
    expect(await nx('run', 'net:predict-fold-0')).toEqual([]);

    // A deleted output makes only its own step run.
    await rm(output('net/fold0_valid.arrow'));
    await rm(output('net/fold0_epoch0.safetensors'));
    expect(await nx('run', 'net:predict-fold-0')).toEqual(['train 0', 'predict 0']);
    expect(await nx('run', 'net:predict-fold-0')).toEqual([]);

    // A step whose input was made again with the same content does not run.
    await rm(output('preprocessed_data'), { recursive: true });
    expect(await nx('run', 'net:predict-fold-0')).toEqual(['preprocess']);

    // Files of another run under the same name are not taken for those of this one.
    await put('apps/net/src/config.ts', '2');
    expect(await nx('run', 'net:train-fold-0')).toEqual(['train 0']);
    await put('apps/net/src/config.ts', '1');
    expect(await nx('run', 'net:train-fold-0')).toEqual(['train 0']);

    // Another fold is another task; the settings are part of the key.
    expect(await nx('run', 'net:train-fold-1')).toEqual(['train 1']);
    expect(await nx('run', 'net:train-fold-1', '--epochs=1')).toEqual(['train 1 --epochs=1']);
    expect(await nx('run', 'net:train-fold-1', '--epochs=1')).toEqual([]);
    expect(await nx('run', 'net:train-fold-1')).toEqual(['train 1']);

    // Of all folds as of one.
    expect((await nx('run', 'net:train', '--epochs', '2')).sort()).toEqual(
      [0, 1, 2, 3, 4].map((fold) => `train ${fold} --epochs 2`),
    );

    // Options of a later step reach those before it, each takes its own; they win over a configuration.
    const given = ['--micro-batch', '4', '--set', 'valid'];
    expect(await nx('run', 'net:predict-fold-1', ...given)).toEqual([
      'train 1 --micro-batch 4',
      'predict 1 --micro-batch 4 --set valid',
    ]);
    expect(await nx('run', 'net:predict-fold-1', ...given)).toEqual([]);
    expect(await nx('run', 'net:train-fold-1:demo', '--threads', '2')).toEqual([
      // The stand-in prints what follows its own name.
      'preprocess --config',
      'train 1 --config demo --threads 2',
    ]);

    // A named run beside the first: both steps, in a folder of its own, and the first stays as it is.
    await writeFile(join(data, 'slow.yaml'), 'epochs: 9');
    const slow = ['--run', 'slow', '--config', join(data, 'slow.yaml')];
    const words = slow.join(' ');
    await nx('run', 'net:predict-fold-0');
    expect(await nx('run', 'net:predict-fold-0', ...slow)).toEqual([
      `train 0 ${words}`,
      `predict 0 ${words}`,
    ]);
    expect(await nx('run', 'net:predict-fold-0', ...slow)).toEqual([]);
    expect(await nx('run', 'net:predict-fold-0')).toEqual([]);
    // The content of a file of settings is part of the key.
    await writeFile(join(data, 'slow.yaml'), 'epochs: 10');
    expect(await nx('run', 'net:train-fold-0', ...slow)).toEqual([`train 0 ${words}`]);
    // A run that only prints something runs each time and leaves no stamp.
    for (let time = 0; time < 2; time++) {
      expect(await nx('run', 'net:train-fold-4', '--print-config')).toEqual(['train 4 --print-config']);
    }

    // Other data.
    await writeFile(join(data, 'input', 'stage_2_train.csv'), 'b');
    expect(await nx('run', 'net:train-fold-0')).toEqual(['preprocess', 'train 0']);
    await writeFile(join(data, 'input', 'stage_2_train_images', 'ID_1.dcm'), '');
    expect(await nx('run', 'net:train-fold-0')).toEqual(['preprocess', 'train 0']);
    // Thirty runs of Nx.
  }, 600_000);
});
