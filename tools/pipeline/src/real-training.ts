import { resolveModel, type BaseModel } from '@ichor/base-model';
import { createBundle } from '@ichor/bundle';
import type { CommandContext } from '@ichor/cli';
import { createEngine } from '@ichor/runtime';
import { layout } from '@ichor/tables';
import { baseModelFiles, predictFold, trainFold } from '@ichor/training';
import { join } from 'node:path';
import { imagenetPhantomsThenReal, imagenetThenPhantoms, imagenetThenReal } from './imagenet-head.js';
import { phantomHead, pictures, refined, secondStage } from './phantom-head.js';
import { mixedPictures, realPictures } from './real-pictures.js';

const FOLD = 0;

/**
 * Synthetic heads as 8-bit pictures, whose window varies.
 *
 * @param pretrained weights of the network for synthetic heads at full values
 */
const degraded = (pretrained: string) =>
  resolveModel(phantomHead, undefined, {
    ...pictures,
    ...refined(pretrained),
    name: 'phantoms-8-bit',
    eightBit: { low: [-20, 0], high: [80, 100], probability: 1 },
    epochs: 2,
    slicesPerEpoch: 6400,
    validationSlices: 64,
  });

/** Real slices alone, from random weights. */
const realAlone = resolveModel(phantomHead, undefined, {
  ...mixedPictures,
  imageSize: 128,
  name: 'real-alone',
  epochs: 70,
  validationSlices: 256,
  seed: 14,
});

/** @param pretrained weights of {@link degraded} */
const phantomsThenReal = (pretrained: string) =>
  resolveModel(phantomHead, undefined, {
    ...realPictures,
    ...refined(pretrained),
    name: 'phantoms-then-real',
  });

/**
 * The same at larger images, for thin bleeds; the answer is the mean of flipped copies.
 *
 * @param pretrained weights of {@link phantomsThenReal}
 */
const phantomsThenRealLarger = (pretrained: string) =>
  resolveModel(phantomHead, undefined, {
    ...realPictures,
    ...refined(pretrained),
    name: 'phantoms-then-real-160',
    imageSize: 160,
    epochs: 12,
    seed: 14,
    testTime: { kind: 'flips' },
  });

export interface RealTrainingOptions {
  /** Root of the synthetic set that the bundle's network was trained on (`npm run phantom-bundle`). */
  readonly phantoms: string;
  /** Root of the real slices, preprocessed. */
  readonly slices: string;
  /** ImageNet weights of EfficientNet-Lite0; without them the networks that start there are not trained. */
  readonly imagenet: string | undefined;
  /** Folder of the bundles, one for each network. */
  readonly out: string;
  readonly threads: number;
}

/**
 * Measures how much synthetic heads help a network for real slices: trains the bundle's network on degraded synthetic heads, on real
 * slices alone, and on both, one after the other, the same once more from ImageNet weights, and makes a bundle of each.
 */
export async function trainOnRealSlices(
  { phantoms, slices, imagenet, out, threads }: RealTrainingOptions,
  { print, signal }: CommandContext,
): Promise<void> {
  const engine = await createEngine('onnxruntime', { threads });
  const weightsOf = (root: string, { name, epochs }: BaseModel) =>
    baseModelFiles(layout(root), name, FOLD).snapshot(epochs - 1);
  const eightBit = degraded(weightsOf(phantoms, secondStage('none')));
  const onReal = phantomsThenReal(weightsOf(phantoms, eightBit));
  const trainings: [root: string, model: BaseModel][] = [
    [phantoms, eightBit],
    [slices, onReal],
    [slices, phantomsThenRealLarger(weightsOf(slices, onReal))],
    [slices, realAlone],
  ];
  if (imagenet !== undefined) {
    const onPhantoms = imagenetThenPhantoms(imagenet);
    trainings.push(
      [slices, imagenetThenReal(imagenet)],
      [phantoms, onPhantoms],
      [slices, imagenetPhantomsThenReal(weightsOf(phantoms, onPhantoms))],
    );
  }
  for (const [root, model] of trainings) {
    const { status } = await trainFold({
      model,
      fold: FOLD,
      engine,
      root,
      signal,
      events: { message: print },
    });
    if (status === 'stopped') return;
    await predictFold({ model, fold: FOLD, engine, root, sets: ['valid'], signal });
    await createBundle({
      out: join(out, model.name),
      name: model.name,
      models: [model.name],
      folds: [FOLD],
      sensitivities: [0.95, 0.8],
      root,
      signal,
    });
    print(`${model.name}: bundle in ${join(out, model.name)}`);
  }
}
