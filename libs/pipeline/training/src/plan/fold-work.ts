import { modelNetwork, sampleSize, testTimePasses, type BaseModel } from '@ichor/base-model';
import { isThere, present } from '@ichor/files';
import { elementCount, inferShapes, networkCost, type NetworkCost, type Shape } from '@ichor/nn';
import type { Layout } from '@ichor/tables';
import { epochOrder, stepsPerEpoch, validationRows } from '../data/epoch-order.js';
import { readTestData, readTrainingData } from '../data/fold-data.js';
import { sliceCount } from '../data/slice-set.js';
import { baseModelFiles } from '../files.js';
import { isFinished, readHistory } from '../train/history.js';

/** What is left to do of a fold. A begun epoch counts as a whole one. */
export interface FoldWork {
  readonly fold: number;
  /** Epochs that are trained and validated. */
  readonly epochsDone: number;
  /** Slices that go forwards and backwards through the network, over all epochs. */
  readonly trained: number;
  /** Slices that go forwards only, each time that they do: validations, passes of predictions. */
  readonly predicted: number;
  /** Bytes that are written at most: weights of each epoch, a checkpoint, predictions and their feature vectors. */
  readonly disk: number;
}

/** A checkpoint holds the weights and two moments. */
const CHECKPOINT = 3;
/** An identifier, the pass, six targets and six outputs. */
const BYTES_PER_PREDICTION = 64;

/** What one slice costs, forwards. */
export function sliceCost(model: BaseModel): NetworkCost {
  return networkCost(modelNetwork(model), { image: inputShape(model) });
}

function featureWidth(model: BaseModel): number {
  const network = modelNetwork(model);
  const shapes = inferShapes(network, { image: inputShape(model) });
  return elementCount(present(shapes.get(present(network.outputs['features']))));
}

function inputShape({ imageSize, ...model }: BaseModel): Shape {
  return [1, sampleSize({ imageSize, ...model }) / imageSize ** 2, imageSize, imageSize];
}

export interface WorkOptions {
  /** With predictions. */
  readonly predict: boolean;
  /** Drop what is there. */
  readonly retrain: boolean;
  readonly repredict: boolean;
}

/**
 * The work that is left of training, and of prediction if that is requested.
 *
 * @throws TrainingError, TableError as `readTrainingData`; ExperimentError `experiment/damaged`
 */
export async function readFoldWork(
  paths: Layout,
  model: BaseModel,
  fold: number,
  { predict, retrain, repredict }: WorkOptions,
): Promise<FoldWork> {
  const files = baseModelFiles(paths, model.name, fold);
  const data = await readTrainingData(paths, model, fold);
  const done = retrain ? [] : ((await readHistory(files.history))?.epochs ?? []);
  // With patience it may end before.
  const epochs = isFinished(done, model) ? 0 : model.epochs - done.length;
  const inEpoch = epochOrder(data.train, model, 0).length;
  const whole = Math.min(inEpoch, stepsPerEpoch(inEpoch, model.batchSize) * model.batchSize);
  const validated = epochs * validationRows(data.valid, model).length;
  const weights = 4 * sliceCost(model).parameters;
  const work = {
    fold,
    epochsDone: done.length,
    trained: epochs * whole,
    predicted: validated,
    disk: epochs === 0 ? 0 : (epochs + CHECKPOINT) * weights,
  };
  if (!predict) return work;
  const there = epochs === 0 && !repredict && (await isThere(files.valid)) && (await isThere(files.test));
  if (there) return work;
  const rows = sliceCount(data.valid) + sliceCount(await readTestData(paths, model));
  const passes = testTimePasses(model);
  // Written once a slice.
  const features = model.features ? rows * 4 * featureWidth(model) : 0;
  return {
    ...work,
    predicted: validated + rows * passes,
    disk: work.disk + rows * passes * BYTES_PER_PREDICTION + features,
  };
}
