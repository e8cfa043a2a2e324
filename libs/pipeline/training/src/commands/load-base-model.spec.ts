import { inputRecipe, sampleSize, type BaseModel } from '@ichor/base-model';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadBaseModel } from './load-base-model.js';

const apps = fileURLToPath(new URL('../../../../../apps/', import.meta.url));
const multiStep = (...milestones: number[]) => ({
  kind: 'multi-step',
  learningRate: 6e-5,
  milestones,
  gamma: 2 / 3,
});
const mixup = { probability: 0.4, alpha: 0.3 };

/** What the original's models were trained with, where they differ from each other. */
const original: Readonly<Record<string, Partial<BaseModel> | Record<string, unknown>>> = {
  'model-base': { backbone: 'se_resnext50_32x4d', imageSize: 512, epochs: 3, schedule: multiStep(1, 2) },
  'se-resnext-410': { backbone: 'se_resnext50_32x4d', imageSize: 410, epochs: 3, schedule: multiStep(1, 2) },
  'se-resnext101-mixup': {
    backbone: 'se_resnext101_32x4d',
    imageSize: 410,
    epochs: 3,
    schedule: multiStep(1, 2, 4),
    imagenetNormalization: true,
    pixelFix: true,
    mixup,
  },
  'senet154-customlabels': {
    backbone: 'senet154',
    imageSize: 320,
    epochs: 3,
    schedule: multiStep(1, 2),
    imagenetNormalization: true,
    targets: 'custom',
  },
  'efficientnet-b3': { backbone: 'efficientnet-b3', imageSize: 512, epochs: 3, schedule: multiStep(1, 2) },
  'inception-resnet-v2': {
    backbone: 'inceptionresnetv2',
    imageSize: 336,
    epochs: 3,
    schedule: multiStep(1, 2),
  },
  'inception-v4': { backbone: 'inceptionv4', imageSize: 512, epochs: 5, schedule: multiStep(1, 2, 3) },
  xception: { backbone: 'xception', imageSize: 224, epochs: 3, schedule: multiStep(1, 2) },
  'densenet201-adjacent': {
    backbone: 'densenet201',
    neighbours: 1,
    classes: 'all',
    targets: 'hard',
    features: true,
  },
  'se-resnext50-label-smoothing': {
    backbone: 'se_resnext50_32x4d',
    neighbours: 0,
    classes: 'all',
    targets: 'smooth',
    features: true,
  },
  'se-resnext50-label-smoothing-without-any': {
    backbone: 'se_resnext50_32x4d',
    classes: 'without-any',
    lossWeights: 'none',
    targets: 'smooth',
    features: true,
  },
};

describe('the apps', () => {
  it.each(Object.entries(original))('%s has the settings of the original', async (name, settings) => {
    const { model, configurations } = await loadBaseModel(join(apps, name));
    expect(model.name).toBe(name);
    expect(model).toMatchObject({ batchSize: 16, pretrained: 'imagenet', snapshot: 'best', ...settings });
    expect(configurations['demo']).toMatchObject({ recipe: 'from-scratch' });
    // A setting of one model is not in any other.
    expect(model.mixup === undefined).toBe(name !== 'se-resnext101-mixup');
    expect(model.neighbours > 0).toBe(name === 'densenet201-adjacent');
  });
});

describe('efficientnet-b0-nine, which is not in the original', () => {
  it('sees nine channels, keeps feature vectors, and learns by the recipe of sequence models', async () => {
    const { model, configurations } = await loadBaseModel(join(apps, 'efficientnet-b0-nine'));
    expect(sampleSize(model)).toBe(9 * 512 * 512);
    expect(inputRecipe(model).windows.channels.map(({ window }) => window)).toEqual([
      { center: 40, width: 80 },
      { center: 80, width: 200 },
      { center: 600, width: 2800 },
    ]);
    expect(model).toMatchObject({
      features: true,
      optimizer: { kind: 'adamw', weightDecay: 1e-2, decayOf: 'weights' },
      weightAveraging: 0.999,
    });
    expect(configurations['demo']).toMatchObject({ recipe: 'from-scratch' });
  });
});

describe('loadBaseModel', () => {
  it('says how an app is built and what it has to export', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ichor-app-'));
    await expect(loadBaseModel(folder)).rejects.toThrow(/build the app first: npx tsc -b/);
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'dist', 'config.js'), 'exports.app = { model: {} };');
    await expect(loadBaseModel(folder)).rejects.toThrow(/does not export "app" as made by defineBaseModel/);
  });

  it('refuses a name that is not that of the tasks', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ichor-app-'));
    await mkdir(join(folder, 'dist'));
    const { app } = (await import(pathToFileURL(join(apps, 'xception/dist/config.js')).href)) as {
      app: object;
    };
    await writeFile(join(folder, 'dist', 'config.js'), `exports.app = ${JSON.stringify(app)};`);
    const manifest = (name: string, kind: string) =>
      writeFile(join(folder, 'package.json'), JSON.stringify({ nx: { name }, ichor: { kind } }));
    await manifest('xception', 'base-model');
    expect((await loadBaseModel(folder)).model.name).toBe('xception');
    await manifest('my-net', 'base-model');
    await expect(loadBaseModel(folder)).rejects.toThrow(
      /has the name my-net .* src\/config.ts is the base model xception/,
    );
    await manifest('xception', 'preprocess');
    await expect(loadBaseModel(folder)).rejects.toThrow(/kind preprocess/);
  });
});
