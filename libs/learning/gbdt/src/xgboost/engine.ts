import { readFile } from 'node:fs/promises';
import { taskCommand } from '@ichor/files';
import type { GbdtDataset, GbdtEngine, GbdtTrainOptions } from '../engine.js';
import { GbdtError } from '../error.js';
import { checkMatrix } from '../matrix.js';
import { xgboostParameters } from '../parameters.js';
import { XgboostDataset } from './dataset.js';
import { parseSavedModel, XgboostModel } from './model.js';
import { loadXgboost, type XgboostConstructor } from './module.js';

/**
 * Values that one table may hold, labels included: the library passes it on the stack of its WebAssembly, 5 MB.
 * 20,000 x 50 trains; 10,000 x 120 ends in "memory access out of bounds".
 */
const MOST_VALUES = 1_020_000;

/** Rounds of the first attempt; each later one doubles them. */
const FIRST_ROUNDS = 1;

/**
 * XGBoost in WebAssembly, for machines without a compiler. Small tables only, no missing values (they are filled
 * with the means of the training columns).
 */
export async function createMlXgboost(): Promise<GbdtEngine> {
  const xgboost = await loadXgboost();
  const engine: GbdtEngine = {
    name: 'ml-xgboost',
    description: 'XGBoost 0.7 in WebAssembly (ml-xgboost 1.1.2), one thread',
    checkSize(rows, columns) {
      if (rows * (columns + 1) <= MOST_VALUES) return;
      throw new GbdtError({
        code: 'gbdt/too-large',
        reason: `ml-xgboost cannot train on ${rows} rows of ${columns} columns: its memory holds about a million values`,
        remedy: `use LightGBM: ${taskCommand({ project: 'gbdt', target: 'build-lightgbm' })}, or set LIGHTGBM_LIB`,
      });
    },
    dataset(matrix, { reference }) {
      checkMatrix(matrix);
      // A validation set of any size is predicted row by row.
      if (reference === undefined) engine.checkSize(matrix.rows, matrix.names.length);
      return new XgboostDataset(matrix, reference === undefined ? undefined : own(reference));
    },
    train: (options) => trainWith(xgboost, options),
    async load(file) {
      const { names, means, rounds, model } = parseSavedModel(await readFile(file, 'utf8'), file);
      return new XgboostModel(xgboost.load(model), names, means, rounds, []);
    },
  };
  return engine;
}

/**
 * The library grows all rounds in one call and reports nothing in between. So early stopping tries 1, 2, 4, ...
 * rounds and keeps the count with the lowest loss.
 */
async function trainWith(xgboost: XgboostConstructor, options: GbdtTrainOptions): Promise<XgboostModel> {
  const { parameters, rounds, earlyStoppingRounds, onRound, signal } = options;
  const train = own(options.train);
  const valid = options.valid === undefined ? undefined : own(options.valid);
  const rows = train.filledRows();
  const labels = Array.from(train.labels);
  // As LightGBM does: trees start from the share of positives, not from one half.
  const share = labels.reduce((sum, label) => sum + label, 0) / Math.max(1, labels.length);
  const base_score = Math.min(1 - 1e-6, Math.max(1e-6, share));
  const losses: number[] = [];
  const grow = (count: number) => {
    const model = new xgboost({ ...xgboostParameters(parameters), base_score, iterations: count });
    model.train(rows, labels);
    return new XgboostModel(model, train.names, train.means, count, losses);
  };
  if (valid === undefined || earlyStoppingRounds === undefined) {
    const model = grow(rounds);
    onRound?.(rounds, valid && lossOf(model, valid));
    return model;
  }
  let best: { readonly model: XgboostModel; readonly loss: number } | undefined;
  for (let count = Math.min(rounds, FIRST_ROUNDS); ; count = Math.min(rounds, 2 * count)) {
    signal?.throwIfAborted();
    const model = grow(count);
    const loss = lossOf(model, valid);
    losses.push(loss);
    onRound?.(count, loss);
    if (best === undefined || loss < best.loss) {
      best?.model.dispose();
      best = { model, loss };
    } else {
      model.dispose();
      if (count - best.model.rounds >= earlyStoppingRounds) return best.model;
    }
    if (count === rounds) return best.model;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Mean log loss with LightGBM's clipping of probabilities. */
function lossOf(model: XgboostModel, valid: XgboostDataset): number {
  const probabilities = model.predict(valid.matrix);
  const { labels } = valid;
  let sum = 0;
  for (let row = 0; row < labels.length; row++) {
    const ofTruth = labels[row] === 1 ? probabilities[row]! : 1 - probabilities[row]!;
    sum -= Math.log(Math.max(ofTruth, 1e-15));
  }
  return sum / labels.length;
}

function own(dataset: GbdtDataset): XgboostDataset {
  if (dataset instanceof XgboostDataset) return dataset;
  throw new GbdtError({ code: 'gbdt/disposed', reason: 'the data set was made by another engine' });
}
