// A process of its own, so that its peak memory is that of this work alone. Prints one line of JSON.
import { createGbdtEngine, type FeatureMatrix, type GbdtEngine } from '@ichor/gbdt';
import { computeFeatures, PREDICTION_FEATURES } from '@ichor/stacking';
import { makeUp } from './made-up.js';
import { treeParameters } from './tree-parameters.js';

const [part = '', ...numbers] = process.argv.slice(2);
const [trainRows = 0, testRows = 0, models = 8, rounds = 0] = numbers.map(Number);
const seconds: Record<string, number> = {};
async function timed<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  seconds[name] = (performance.now() - start) / 1000;
  return result;
}

function features(rows: number, seed: number): FeatureMatrix {
  const { slices, predictions } = makeUp(rows, models, seed);
  return computeFeatures(slices, predictions, {
    models: predictions.models,
    features: PREDICTION_FEATURES,
    positionOrd: false,
  });
}

/** In a function, so that the matrix is let go when its values are binned; the runner does the same. */
async function binned(engine: GbdtEngine) {
  const matrix = await timed('predictions made up, features of the training folds', () =>
    features(trainRows, 1),
  );
  const dataset = await timed('binning', () => engine.dataset(matrix, { parameters: treeParameters }));
  const second = PREDICTION_FEATURES.length * 6;
  dataset.setLabels(
    Float32Array.from({ length: trainRows }, (_, row) => {
      const at = row * matrix.names.length;
      return matrix.data[at]! + matrix.data[at + second]! > 0.5 ? 1 : 0;
    }),
  );
  return dataset;
}

if (part === 'features') {
  // Both at once in memory.
  const train = await timed('predictions made up, features of the training set', () =>
    features(trainRows, 1),
  );
  const test = await timed('predictions made up, features of the test set', () => features(testRows, 2));
  // Kept until here, as the runner would.
  if (train.rows + test.rows !== trainRows + testRows) throw new RangeError('rows are missing');
} else {
  const engine = await createGbdtEngine('lightgbm');
  const dataset = await binned(engine);
  const model = await timed(`${rounds} rounds of one label`, () =>
    engine.train({ train: dataset, parameters: treeParameters, rounds }),
  );
  dataset.dispose();
  const test = await timed('predictions made up, features of the test set', () => features(testRows, 2));
  await timed('prediction of the test set', () => model.predict(test));
}
process.stdout.write(`${JSON.stringify({ seconds, peakMemory: process.resourceUsage().maxRSS * 1024 })}\n`);
