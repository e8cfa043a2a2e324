import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import baseModelGenerator from '@ichor/nx-plugin/generators';
import { createNodes } from '@ichor/nx-plugin';
import { generateSet } from '@ichor/phantom';
import { flushChanges, FsTree } from 'nx/src/generators/tree.js';
import { afterAll, beforeAll, expect, it } from 'vitest';

const ichor = fileURLToPath(new URL('../../../', import.meta.url));
let workspace: string;
let root: string;

/** A workspace with a network, a stacker that reads it, and a submission; everything else comes from this workspace. */
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'ichor-new-model-'));
  root = join(workspace, 'data');
  for (const name of ['node_modules', 'libs', 'tsconfig.base.json']) {
    await symlink(join(ichor, name), join(workspace, name));
  }
  await writeFile(join(workspace, 'nx.json'), '{}');
  for (const config of ['tsconfig.json', 'tsconfig.spec.json']) {
    await writeFile(join(workspace, config), '{ "files": [], "references": [] }');
  }
  const take = async (app: string, inputs?: readonly string[]) => {
    await cp(join(ichor, 'apps', app), join(workspace, 'apps', app), {
      recursive: true,
      filter: (path) => !path.endsWith('tsbuildinfo'),
    });
    const file = join(workspace, 'apps', app, 'package.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as { ichor: object };
    await writeFile(file, JSON.stringify({ ...manifest, ichor: { ...manifest.ichor, inputs } }));
  };
  await take('preprocess');
  await take('xception');
  await take('lgbm-stacking-1', ['xception']);
  await take('submission', ['lgbm-stacking-1']);
});
afterAll(() => rm(workspace, { recursive: true }));

/** Runs a program of the workspace; gives what it printed. */
async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(workspace, program), ...args], {
    cwd: workspace,
    env: { ...process.env, ICHOR_ROOT: root, ICHOR_FOLDS: '0,1' },
  });
  return stdout;
}

it('a generated model trains, is stacked, and appears on the leaderboard', async () => {
  const tree = new FsTree(workspace, false);
  const model = { name: 'my-net', backbone: 'efficientnet-b0', imageSize: 64, stackers: ['lgbm-stacking-1'] };
  await baseModelGenerator(tree, model);
  flushChanges(workspace, tree.listChanges());
  // No file is edited from here on.

  // The tasks: the stacker waits for the new model.
  const files = ['my-net', 'xception', 'lgbm-stacking-1'].map((app) => `apps/${app}/package.json`);
  const nodes = await createNodes[1](files, {}, { workspaceRoot: workspace, nxJsonConfiguration: {} });
  const targets = Object.assign({}, ...nodes.map(([, { projects }]) => projects)) as Record<
    string,
    { targets: Record<string, { dependsOn: unknown[] }> }
  >;
  expect(targets['apps/my-net']?.targets).toHaveProperty('predict-fold-1');
  expect(targets['apps/lgbm-stacking-1']?.targets['train-fold-0']?.dependsOn).toContainEqual(
    expect.objectContaining({ projects: ['my-net'], target: 'predict' }),
  );

  const set = { patients: 6, testPatients: 2, size: 64, sliceSpacing: 16, prevalence: 0.8, seed: 2 };
  await generateSet({ out: root, ...set, broken: false, onPatient: () => undefined });
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-b', 'apps/my-net'], { cwd: workspace });
  await run('apps/preprocess/dist/main.js', '--folds', '2', '--workers', '1');
  const small = ['--config', 'demo', '--threads', '1', '--provider', 'cpu'];
  const network = ['--app', 'apps/my-net', ...small, '--image-size', '32', '--slices-per-epoch', '16'];
  expect(await run('libs/pipeline/training/dist/bin/train.js', ...network)).toMatch(/my-net fold 1: trained/);
  await run('libs/pipeline/training/dist/bin/predict.js', ...network);
  // The other network is not what is tested here.
  const outputs = join(root, 'intermediate_output');
  await mkdir(join(outputs, 'xception'));
  for (const file of ['fold0_valid', 'fold1_valid', 'fold0_test', 'fold1_test']) {
    await cp(join(outputs, 'my-net', `${file}.arrow`), join(outputs, 'xception', `${file}.arrow`));
  }
  await run('libs/pipeline/stacking/dist/bin/train.js', '--app', 'apps/lgbm-stacking-1', ...small);
  const fitted = JSON.parse(
    await readFile(join(outputs, 'lgbm-stacking-1', 'fold1_train.json'), 'utf8'),
  ) as unknown;
  expect(fitted).toMatchObject({ status: 'complete', config: { inputs: ['xception', 'my-net'] } });
  await run('apps/submission/dist/main.js', '--draws', '10');

  const board = JSON.parse(await readFile(join(root, 'output', 'leaderboard.json'), 'utf8')) as {
    final: string;
    models: { name: string; level: number; loss: number }[];
  };
  expect(board.models.map(({ name, level }) => [name, level])).toEqual([
    ['my-net', 0],
    ['xception', 0],
    ['lgbm-stacking-1', 1],
  ]);
  expect(board.models.every(({ loss }) => loss > 0 && loss < 5)).toBe(true);
  expect(board.final).toBe('lgbm-stacking-1');
});
