import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { AppManifest } from '../app/app-manifest.js';
import { ensembleOf, readEnsemble } from './ensemble.js';

const base = (name: string): AppManifest => ({ name, step: { kind: 'base-model' } });
const stacker = (name: string, ...inputs: string[]): AppManifest => ({
  name,
  step: { kind: 'stacker', inputs },
});

it('gives each model the level above its highest input', () => {
  const { models, final } = ensembleOf(
    [
      stacker('third', 'second', 'x'),
      stacker('second', 'first'),
      base('y'),
      base('x'),
      stacker('first', 'x', 'y'),
      { name: 'preprocess', step: { kind: 'preprocess' } },
      { name: 'submission', step: { kind: 'submission', inputs: ['third', 'first'] } },
      { name: 'ichor', step: undefined },
    ],
    'apps',
  );
  expect(models.map(({ name, level }) => [name, level])).toEqual([
    ['x', 0],
    ['y', 0],
    ['first', 1],
    ['second', 2],
    ['third', 3],
  ]);
  expect(models[4]?.inputs).toEqual(['second', 'x']);
  expect(final).toBe('third');
});

it('refuses an input that is no model, and a circle', () => {
  expect(() => ensembleOf([stacker('s', 'x')], 'apps')).toThrow(
    's reads the predictions of x, which is not a model',
  );
  expect(() =>
    ensembleOf([{ name: 'submission', step: { kind: 'submission', inputs: ['s'] } }], 'apps'),
  ).toThrow('the submission reads the predictions of s');
  expect(() => ensembleOf([stacker('a', 'b'), stacker('b', 'a')], 'apps')).toThrow('a reads b reads a');
});

it('reads the apps of this workspace: eleven networks and one more for sequences, four stackers and two sequence models, one stacker on top', async () => {
  const { models, final } = await readEnsemble(
    fileURLToPath(new URL('../../../../../apps', import.meta.url)),
  );
  const count = (level: number) => models.filter((model) => model.level === level).length;
  expect([0, 1, 2, 3].map(count)).toEqual([12, 6, 1, 0]);
  expect(final).toBe('lgbm-stacking-2');
});

it('names the package.json that it cannot use', async () => {
  const apps = await mkdtemp(join(tmpdir(), 'ichor-apps-'));
  await mkdir(join(apps, 'net'));
  const file = join(apps, 'net', 'package.json');
  await writeFile(file, JSON.stringify({ nx: { name: 'net' }, ichor: { kind: 'stacker' } }));
  await expect(readEnsemble(apps)).rejects.toMatchObject({ code: 'experiment/app', file });
  await rm(apps, { recursive: true });
});
