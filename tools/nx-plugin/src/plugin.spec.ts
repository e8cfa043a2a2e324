import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodes } from '@ichor/nx-plugin';

let workspaceRoot: string;
beforeEach(async () => {
  workspaceRoot = await mkdtemp(join(tmpdir(), 'ichor-plugin-'));
});
afterEach(() => {
  delete process.env['ICHOR_FOLDS'];
});

/** Infers the targets of the given packages; gives them by project name. */
async function infer(
  packages: Record<string, unknown>,
  bins: Record<string, Record<string, string>> = {},
): Promise<Record<string, Record<string, TargetConfiguration>>> {
  const files = [];
  for (const [projectRoot, ichor] of Object.entries(packages)) {
    const file = `${projectRoot}/package.json`;
    await mkdir(dirname(join(workspaceRoot, file)), { recursive: true });
    await writeFile(
      join(workspaceRoot, file),
      JSON.stringify({ name: projectRoot, ichor, bin: bins[projectRoot] }),
    );
    await writeFile(join(workspaceRoot, projectRoot, 'tsconfig.json'), '{}');
    files.push(file);
  }
  const context = { workspaceRoot, nxJsonConfiguration: {} };
  const nodes = await createNodes[1](files, { packageTasks: true }, context);
  return Object.fromEntries(
    nodes.flatMap(([, { projects = {} }]) =>
      Object.entries(projects).map(([root, { targets = {} }]) => [
        root.slice(root.lastIndexOf('/') + 1),
        targets,
      ]),
    ),
  );
}

const pipeline = {
  'apps/preprocess': { kind: 'preprocess' },
  'apps/xception': { kind: 'base-model' },
  'apps/densenet': { kind: 'base-model', features: true },
  'apps/level-1': { kind: 'stacker', runner: 'gbdt', inputs: ['xception', 'densenet'] },
  'apps/level-2': { kind: 'stacker', inputs: ['level-1'] },
  'apps/submission': { kind: 'submission', inputs: ['level-2'] },
};

describe('the plugin', () => {
  it('gives every package build, typecheck, test and lint, and a plain library nothing else', async () => {
    const { windowing } = await infer({ 'libs/imaging/windowing': undefined });
    expect(Object.keys(windowing ?? {})).toEqual(['build', 'typecheck', 'test', 'lint']);
    expect(windowing?.['build']).toMatchObject({
      command: 'tsc -b libs/imaging/windowing',
      cache: true,
      dependsOn: ['^build'],
      inputs: expect.arrayContaining(['production', '^production']),
    });
  });

  it('gives nothing to packages of another workspace that are no step, and a step its tasks and a build', async () => {
    const files = [
      'package.json',
      'apps/shop/package.json',
      'broken/package.json',
      'models/net/package.json',
    ];
    for (const file of files) await mkdir(dirname(join(workspaceRoot, file)), { recursive: true });
    await writeFile(join(workspaceRoot, 'package.json'), '{ "name": "shop" }');
    await writeFile(join(workspaceRoot, 'apps/shop/package.json'), '{ "name": "shop" }');
    await writeFile(join(workspaceRoot, 'broken/package.json'), '{');
    await writeFile(join(workspaceRoot, 'models/net/package.json'), '{ "ichor": { "kind": "base-model" } }');
    await writeFile(join(workspaceRoot, 'models/net/tsconfig.json'), '{}');
    const nodes = await createNodes[1](files, undefined, { workspaceRoot, nxJsonConfiguration: {} });
    expect(nodes.map(([file]) => file)).toEqual(['models/net/package.json']);
    const net = nodes[0]?.[1].projects?.['models/net'];
    expect(net?.name).toBe('net');
    expect(Object.keys(net?.targets ?? {})).toEqual(
      expect.arrayContaining(['build', 'train-fold-0', 'predict-fold-4', 'train', 'predict']),
    );
    expect(Object.keys(net?.targets ?? {})).not.toContain('lint');
  });

  it('gives tasks to programs that build a library, and to the commands that a package lists', async () => {
    const bin = { 'ichor-build-trees': './dist/bin/build.js' };
    const { gbdt, phantom } = await infer(
      {
        'libs/learning/gbdt': undefined,
        'libs/imaging/phantom': { kind: 'program', commands: ['generate'] },
      },
      { 'libs/learning/gbdt': bin, 'libs/imaging/phantom': { 'ichor-phantom': './dist/main.js' } },
    );
    expect(gbdt?.['build-trees']).toMatchObject({
      command: 'node libs/learning/gbdt/dist/bin/build.js',
      cache: true,
      dependsOn: ['build'],
      outputs: ['{projectRoot}/native'],
    });
    expect(phantom?.['generate']).toMatchObject({
      options: { command: 'node libs/imaging/phantom/dist/main.js generate', forwardAllArgs: true },
      cache: false,
    });
  });

  it('gives a base model one task per fold and verb, after preprocess', async () => {
    const { xception, densenet } = await infer(pipeline);
    expect(Object.keys(xception ?? {})).toEqual(
      expect.arrayContaining([0, 1, 2, 3, 4].flatMap((k) => [`train-fold-${k}`, `predict-fold-${k}`])),
    );
    expect(xception?.['train-fold-3']).toMatchObject({
      executor: '@ichor/nx-plugin:train',
      cache: true,
      options: {
        program: 'node_modules/@ichor/training/dist/bin/train.js',
        programArguments: ['--app', 'apps/xception', '--fold', '3'],
        folder: 'intermediate_output/xception',
      },
      dependsOn: ['build', { projects: ['preprocess'], target: 'preprocess', params: 'forward' }],
      inputs: expect.arrayContaining([{ env: 'ICHOR_ROOT' }, '^production']),
      configurations: { demo: { settings: ['--config', 'demo', '--threads', '1'] } },
      parallelism: false,
    });
    expect(xception?.['predict-fold-3']?.dependsOn).toEqual([
      'build',
      { target: 'train-fold-3', params: 'forward' },
    ]);
    expect(xception?.['predict-fold-3']?.options).toMatchObject({
      products: ['fold3_valid.arrow', 'fold3_test.arrow', 'fold3.json'],
    });
    expect(densenet?.['predict-fold-3']?.options).toMatchObject({
      products: expect.arrayContaining(['fold3_valid_features.arrow', 'fold3_test_features.arrow']),
    });
    expect(xception?.['train']?.dependsOn).toContainEqual({ target: 'train-fold-4', params: 'forward' });
  });

  it('makes a stacker wait for the predictions that it reads, of models and of stackers', async () => {
    const inferred = await infer(pipeline);
    expect(inferred['level-1']?.['train-fold-0']).toMatchObject({
      options: { program: 'node_modules/@ichor/stacking/dist/bin/gbdt.js' },
      dependsOn: [
        'build',
        { projects: ['xception'], target: 'predict', params: 'forward' },
        { projects: ['densenet'], target: 'predict', params: 'forward' },
      ],
    });
    expect(inferred['level-2']?.['train-fold-0']?.dependsOn).toContainEqual({
      projects: ['level-1'],
      target: 'train',
      params: 'forward',
    });
    expect(inferred['submission']?.['make']?.options).toMatchObject({
      program: 'node_modules/@ichor/submission/dist/main.js',
      programArguments: ['--app', 'apps/submission'],
    });
    expect(inferred['submission']?.['make']?.dependsOn).toContainEqual({
      projects: ['level-2'],
      target: 'train',
      params: 'forward',
    });
  });

  it('knows only the folds that ICHOR_FOLDS names', async () => {
    process.env['ICHOR_FOLDS'] = '1,0';
    const { xception } = await infer(pipeline);
    expect(Object.keys(xception ?? {}).filter((target) => target.startsWith('train-'))).toEqual([
      'train-fold-0',
      'train-fold-1',
    ]);
    process.env['ICHOR_FOLDS'] = '7';
    await expect(infer(pipeline)).rejects.toThrow('list folds from 0 to 4');
  });

  it.each([
    [
      { kind: 'base-mode' },
      '"kind" must be one of preprocess, base-model, stacker, submission, program, not "base-mode"',
    ],
    [{ kind: 'stacker' }, '"inputs" must list the models'],
    [{ kind: 'program' }, '"commands" must list commands'],
    [{ kind: 'base-model', features: 'yes' }, '"features" must be true or false'],
    ['base-model', '"ichor" must be an object'],
  ])('refuses %j and names the file', async (field, message) => {
    await expect(infer({ 'apps/x': field })).rejects.toThrow(`apps/x/package.json: ${message}`);
  });

  it('refuses a stacker on something that is not a model', async () => {
    const wrong = { ...pipeline, 'apps/level-1': { kind: 'stacker', inputs: ['xceptoin'] } };
    await expect(infer(wrong)).rejects.toThrow(
      /level-1 reads the predictions of xceptoin.*models: xception, densenet/,
    );
  });
});
