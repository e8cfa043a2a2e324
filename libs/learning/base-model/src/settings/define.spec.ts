import { describe, expect, it } from 'vitest';
import { defineBaseModel, resolveModel } from './define.js';
import { trainingSettings } from './influence.js';
import { featureFamily, singleSliceFamily } from './presets.js';
import { fromScratch } from './recipes.js';
import type { BaseModel } from './schema.js';

const settings = { ...singleSliceFamily, name: 'model', backbone: 'xception', imageSize: 224 } as const;
const demo = { imageSize: 64, batchSize: 8, epochs: 2, pretrained: 'none' } as const;
const app = defineBaseModel({ ...settings, configurations: { demo } });

describe('defineBaseModel', () => {
  it('fills in what is not said', () => {
    expect(app.model).toMatchObject({
      batchSize: 16,
      pretrained: 'imagenet',
      snapshot: 'best',
      targets: 'hard',
      sampling: 'all',
      optimizer: { kind: 'adam', weightDecay: 0 },
    });
  });

  it.each([
    [{ imageSize: 0 }, /imageSize/],
    [{ backbone: 'resnet' as 'xception' }, /backbone/],
    [{ epochs: 2.5 }, /epochs/],
    [{ imagesize: 224 }, /imagesize/],
    [{ snapshot: 3 }, /snapshot 3 is not one of the epochs 0 to 2/],
    [{ microBatch: 17 }, /microBatch 17 is larger than batchSize 16/],
    [{ augmentation: { interpolation: 'cubic', rotate: { degrees: 3 } } as const }, /exclude each other/],
    [{ augmentation: { flip: 0.3, flipVertical: 0.5 } }, /flip stands for flipHorizontal and flipVertical/],
  ])('names what does not fit: %j', (wrong, message) => {
    expect(() => defineBaseModel({ ...settings, ...wrong })).toThrow(message);
  });

  it.each([
    [[0, -20], [80, 80], /from the lower to the higher/],
    [[0, 80], [80, 90], /below each upper one/],
  ] as const)('refuses a window of 8 bits with low %j, high %j', ([a, b], [c, d], message) => {
    const eightBit = { low: [a, b], high: [c, d], probability: 1 } satisfies BaseModel['eightBit'];
    expect(() => defineBaseModel({ ...settings, eightBit })).toThrow(message);
  });

  it('checks named configurations too', () => {
    const configurations = { demo: { epochs: -1 } };
    expect(() => defineBaseModel({ ...settings, configurations })).toThrow(/configuration demo.*epochs/);
  });
});

describe('resolveModel', () => {
  it('lets the command line win over the configuration, and that over the model', () => {
    const model = resolveModel(app, 'demo', { epochs: 7 });
    expect(model).toMatchObject({ epochs: 7, imageSize: 64, batchSize: 8, pretrained: 'none' });
  });

  it('passes over settings that are not given', () => {
    expect(resolveModel(app, undefined, { limit: undefined })).toEqual(app.model);
  });

  it('names the configurations that there are', () => {
    expect(() => resolveModel(app, 'demonstration', {})).toThrow(/no configuration 'demonstration'.*demo/);
  });
});

describe('a recipe', () => {
  const own = { epochs: 3, schedule: settings.schedule };

  it('replaces settings of the model, and a configuration and the command line win over it', () => {
    const withRecipe = defineBaseModel({
      ...settings,
      configurations: { short: { recipe: 'from-scratch', testTime: { kind: 'random', passes: 2 } } },
    });
    expect(withRecipe.model).toMatchObject({ ...own, pretrained: 'imagenet', initialization: 'pytorch' });
    const given = { initialization: 'pytorch' } as const;
    expect(resolveModel(withRecipe, 'short', given)).toEqual({
      ...withRecipe.model,
      ...fromScratch,
      ...given,
      recipe: 'from-scratch',
      testTime: { kind: 'random', passes: 2 },
    });
  });

  it('can be chosen on the command line, and by the model', () => {
    expect(resolveModel(app, undefined, { recipe: 'from-scratch' })).toMatchObject(fromScratch);
    expect(defineBaseModel({ ...settings, recipe: 'from-scratch' }).model).toMatchObject(fromScratch);
  });

  it('keeps the settings that define the model', () => {
    const { model } = defineBaseModel({
      ...settings,
      mixup: { probability: 0.4, alpha: 0.3 },
      targets: 'custom',
    });
    expect(resolveModel({ model, configurations: {} }, undefined, { recipe: 'from-scratch' })).toMatchObject({
      backbone: 'xception',
      imageSize: 224,
      mixup: { probability: 0.4, alpha: 0.3 },
      targets: 'custom',
    });
  });
});

describe('the settings of a run', () => {
  it('leave out what weights do not depend on', () => {
    const one = trainingSettings(app.model);
    const other = { ...app.model, name: 'x', snapshot: 1, testTime: { kind: 'random', passes: 9 } } as const;
    expect(trainingSettings(other)).toEqual(one);
  });
});

describe('the families', () => {
  it('have the numbers of the original', () => {
    // Adam 6e-5, x 2/3 at the epochs 1 and 2; Adam 1e-5 to 1e-4 and back, clipped at 1.
    expect(singleSliceFamily).toMatchObject({ seed: 20, epochs: 3, testTime: { passes: 5 } });
    expect(singleSliceFamily.schedule).toEqual({
      kind: 'multi-step',
      learningRate: 6e-5,
      milestones: [1, 2],
      gamma: 2 / 3,
    });
    expect(featureFamily).toMatchObject({
      seed: 7777,
      epochs: 3,
      maxGradientNorm: 1,
      minimumBrainShare: 0.02,
      imageSize: 512,
      head: 'bn-fc',
      features: true,
      augmentation: { interpolation: 'cubic', flip: 0.3, transpose: 0.3, crop: { kind: 'trim', pixels: 10 } },
      windowJitter: { center: 10, width: 10, probability: 0.3 },
    });
  });
});
