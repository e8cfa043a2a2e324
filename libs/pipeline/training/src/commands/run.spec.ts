import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineBaseModel, demoSettings, singleSliceFamily } from '@ichor/base-model';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { commonOptions } from './options.js';
import { modelOf, printedSettings } from './run.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-run-'));
  await mkdir(join(folder, 'dist'));
  const app = defineBaseModel({
    ...singleSliceFamily,
    name: 'net',
    backbone: 'se_resnext50_32x4d',
    imageSize: 64,
    configurations: { demo: { ...demoSettings, imageSize: 48 } },
  });
  await writeFile(join(folder, 'dist', 'config.js'), `export const app = ${JSON.stringify(app)};`);
  const manifest = { type: 'module', nx: { name: 'net' }, ichor: { kind: 'base-model' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
});
afterEach(() => rm(folder, { recursive: true }));

const flags = { printConfig: false, plan: false, fresh: false };
const options = (given: object) => z.object(commonOptions).parse({ ...flags, app: folder, ...given });
const model = (given: object) => modelOf(options(given), []);

async function file(text: string): Promise<string> {
  const path = join(folder, 'settings.yaml');
  await writeFile(path, text);
  return path;
}

it('prints settings that give the same model when they are taken back, of a configuration too', async () => {
  for (const given of [{}, { config: 'demo' }, { recipe: 'from-scratch', epochs: 7 }]) {
    const before = await model(given);
    expect(await model({ config: await file(printedSettings(before)) })).toEqual(before);
  }
});

it('puts a file over the settings of the app, and the command line over the file', async () => {
  const config = await file(
    'imageSize: 32\nepochs: 9\nschedule: { kind: multi-step, learningRate: 1, milestones: [], gamma: 1 }',
  );
  const made = await model({ config, epochs: 2, learningRate: 0.5 });
  expect(made).toMatchObject({ imageSize: 32, epochs: 2, batchSize: 16 });
  expect(made.schedule).toEqual({ kind: 'multi-step', learningRate: 0.5, milestones: [], gamma: 1 });
});

it('names a run, and prints settings without its name', async () => {
  const named = await model({ run: 'slow' });
  expect(named).toEqual({ ...(await model({})), name: 'net.slow' });
  expect(printedSettings(named)).toMatch(/^name: net\n/);
  for (const run of ['../net', 'a.b', 'A', '']) expect(() => options({ run })).toThrow(/lower case/);
});

it('refuses the settings of another model, and values that do not fit together', async () => {
  const error = { code: 'experiment/settings', reason: 'holds the settings of xception, not of net' };
  await expect(model({ config: await file('name: xception') })).rejects.toMatchObject(error);
  const micro = await file('batchSize: 4\nmicroBatch: 8');
  await expect(model({ config: micro })).rejects.toMatchObject({ code: 'base-model/settings' });
});
