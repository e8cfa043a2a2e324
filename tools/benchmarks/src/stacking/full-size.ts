// A process of its own, so that its peak memory is that of this work alone. Prints one line of JSON.
import { createGbdtEngine } from '@ichor/gbdt';
import { computeFeatures, PREDICTION_FEATURES } from '@ichor/stacking';
import { makeUp } from './made-up.js';

const [trainRows = 0, testRows = 0, models = 8, rounds = 0] = process.argv.slice(2).map(Number);
const seconds: Record<string, number> = {};
async function timed<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  seconds[name] = (performance.now() - start) / 1000;
  return result;
}

const made = await timed('made up', () => ({
  train: makeUp(trainRows, models),
  test: makeUp(testRows, models, 2),
}));
const selection = {
  models: made.train.predictions.models,
  features: PREDICTION_FEATURES,
  positionOrd: false,
};
const train = await timed('features of the training set', () =>
  computeFeatures(made.train.slices, made.train.predictions, selection),
);
const test = await timed('features of the test set', () =>
  computeFeatures(made.test.slices, made.test.predictions, selection),
);
if (rounds > 0) {
  const engine = await createGbdtEngine('lightgbm');
  const parameters = {
    learningRate: 0.1,
    leaves: 5,
    maxBin: 256,
    featureFraction: 0.8,
    minDataInLeaf: 10,
    minSumHessianInLeaf: 150,
  };
  const dataset = await timed('binning', () => engine.dataset(train, { parameters }));
  const step = PREDICTION_FEATURES.length * 6;
  dataset.setLabels(
    Float32Array.from({ length: trainRows }, (_, row) =>
      train.data[row * train.names.length]! + train.data[row * train.names.length + step]! > 0.5 ? 1 : 0,
    ),
  );
  const model = await timed(`${rounds} rounds`, () => engine.train({ train: dataset, parameters, rounds }));
  await timed('prediction of the test set', () => model.predict(test));
}
process.stdout.write(
  `${JSON.stringify({
    columns: train.names.length,
    seconds,
    peakMemory: process.resourceUsage().maxRSS * 1024,
  })}\n`,
);
