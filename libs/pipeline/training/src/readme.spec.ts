import { defineBaseModel, singleSliceFamily } from '@ichor/base-model';
import { tinyNetwork } from '@ichor/base-model/testing';
import { createEngine } from '@ichor/runtime';
import { expect, it } from 'vitest';
import { predictFold, trainFold } from './index.js';
import { makeTinySet } from './testing/tiny-set.js';

it('the example of the README trains and predicts', async () => {
  const { root } = await makeTinySet();

  const { model } = defineBaseModel({
    ...singleSliceFamily,
    name: 'my-model',
    backbone: 'se_resnext50_32x4d',
    imageSize: 16,
    epochs: 1,
    pretrained: 'none',
  });
  const engine = await createEngine('auto');
  // The README leaves out the last two: the backbone itself, and the current folder.
  await trainFold({ model, fold: 0, engine, network: tinyNetwork(), root });
  const [valid] = await predictFold({ model, fold: 0, engine, network: tinyNetwork(), root });

  expect(valid?.scores?.weightedLogLoss).toBeGreaterThan(0);
});
