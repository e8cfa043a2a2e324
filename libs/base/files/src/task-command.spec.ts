import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { taskCommand, type PipelineTask } from './task-command.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-task-'));
  vi.stubEnv('ICHOR_ROOT', '');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const tasks: readonly (readonly [PipelineTask, string, string])[] = [
  [
    { project: 'preprocess', target: 'preprocess' },
    'npx nx run preprocess:preprocess',
    'npx @ichor/preprocess',
  ],
  [{ project: 'xception', target: 'predict' }, 'npx nx run xception:predict', 'npx @ichor/xception predict'],
  [
    { project: 'xception', target: 'train', fold: 0 },
    'npx nx run xception:train-fold-0',
    'npx @ichor/xception train --fold 0',
  ],
  [
    { project: 'xception.slow', target: 'predict', fold: 1 },
    'npx nx run xception:predict-fold-1 --run slow',
    'npx @ichor/xception predict --fold 1 --run slow',
  ],
  [{ project: 'submission', target: 'make' }, 'npx nx run submission:make', 'npx @ichor/submission'],
  [{ project: 'gbdt', target: 'build-lightgbm' }, 'npx nx run gbdt:build-lightgbm', 'npx @ichor/gbdt'],
];

describe('taskCommand', () => {
  it.each(tasks)('is the Nx task where nx.json names the plugin: %j', async (task, ofNx) => {
    const inside = join(folder, 'apps', 'mine');
    await mkdir(inside, { recursive: true });
    for (const plugins of [
      ['@ichor/nx-plugin'],
      ['@nx/js', { plugin: '@ichor/nx-plugin', options: {} }],
      ['./tools/nx-plugin/load.mjs'],
    ]) {
      await writeFile(join(folder, 'nx.json'), `// of this workspace\n${JSON.stringify({ plugins })}`);
      expect(taskCommand(task, inside)).toBe(ofNx);
    }
  });

  it.each(tasks)('is the program of the package in other places: %j', async (task, _, ofPackage) => {
    expect(taskCommand(task, folder)).toBe(ofPackage);
    // A workspace of Nx that knows nothing of Ichor.
    await writeFile(join(folder, 'nx.json'), JSON.stringify({ plugins: ['@nx/js/nx-plugin'] }));
    expect(taskCommand(task, folder)).toBe(ofPackage);
  });

  it('names the root folder that is not the current one', () => {
    vi.stubEnv('ICHOR_ROOT', '/data/rsna');
    expect(taskCommand({ project: 'xception', target: 'predict', fold: 1 }, folder)).toBe(
      'npx @ichor/xception predict --root /data/rsna --fold 1',
    );
    expect(taskCommand({ project: 'gbdt', target: 'build-lightgbm' }, folder)).toBe('npx @ichor/gbdt');
    vi.stubEnv('ICHOR_ROOT', '/data/head ct');
    expect(taskCommand({ project: 'preprocess', target: 'preprocess' }, folder)).toBe(
      'npx @ichor/preprocess --root "/data/head ct"',
    );
  });
});
