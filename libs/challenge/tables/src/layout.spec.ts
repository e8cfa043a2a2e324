import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isNamedRun, layout, MODEL_NAME, RUN_NAME, rootFolder, runName } from './layout.js';

afterEach(() => vi.unstubAllEnvs());

describe('rootFolder', () => {
  beforeEach(() => vi.stubEnv('ICHOR_ROOT', ''));

  it('is the nearest folder upwards that holds nx.json', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ichor-root-'));
    await mkdir(join(root, 'apps', 'x'), { recursive: true });
    expect(rootFolder(join(root, 'apps', 'x'))).toBe(join(root, 'apps', 'x'));
    await writeFile(join(root, 'nx.json'), '{}');
    expect(rootFolder(join(root, 'apps', 'x'))).toBe(root);
  });

  it('is ICHOR_ROOT if that is set', () => {
    vi.stubEnv('ICHOR_ROOT', '/data/ct');
    expect(rootFolder()).toBe('/data/ct');
  });
});

describe('layout', () => {
  it('names every file under the root', () => {
    const files = layout('/r');
    expect(files.input.trainCsv).toBe('/r/input/stage_2_train.csv');
    expect(files.preprocessed('train_folds_senet154_customlabels')).toBe(
      '/r/intermediate_output/preprocessed_data/train_folds_senet154_customlabels.arrow',
    );
    expect(files.predictions('xception', 4, 'test')).toBe('/r/intermediate_output/xception/fold4_test.arrow');
    expect(files.features('d', 0, 'valid')).toBe('/r/intermediate_output/d/fold0_valid_features.arrow');
    expect(files.submission).toBe('/r/output/submission.csv');
  });
});

describe('a named run', () => {
  it('adds its own name to that of the model', () => {
    expect(runName('xception', undefined)).toBe('xception');
    expect(layout('/r').model(runName('xception', 'slow'))).toBe('/r/intermediate_output/xception.slow');
    expect(['xception', 'xception.slow'].map(isNamedRun)).toEqual([false, true]);
    expect(['xception', 'xception.slow'].map((name) => MODEL_NAME.test(name))).toEqual([true, true]);
  });

  it.each(['', '.', '..', '../x', 'a/b', 'a\\b', 'a.b', 'A', '-a', 'a b', 'a\n', 'é', 'a'.repeat(41)])(
    'cannot have the name %j',
    (name) => {
      expect(RUN_NAME.test(name)).toBe(false);
      expect(MODEL_NAME.test(`xception.${name}`)).toBe(false);
    },
  );
});
