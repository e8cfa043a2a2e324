import { inputRecipe, modelNetwork, sampleSize, trainingLoss } from '@ichor/base-model';
import { present } from '@ichor/files';
import { layout, rootFolder } from '@ichor/tables';
import { epochOrder, stepsPerEpoch } from '../data/epoch-order.js';
import { readTrainingData } from '../data/fold-data.js';
import { checkImages } from '../data/images.js';
import { loadBatches } from '../input/batches.js';
import { createPool } from '../input/pool.js';
import { initialWeights } from './initial-weights.js';
import { stepBatches } from './step-batches.js';
import type { TrainFoldOptions } from './train-fold.js';

export interface RateRangeOptions extends Pick<
  TrainFoldOptions,
  'model' | 'fold' | 'engine' | 'root' | 'network' | 'workers' | 'prefetch'
> {
  /** Steps from `lowest` to `highest`. Default 100. */
  readonly steps?: number;
  /** Default 1e-7. */
  readonly lowest?: number;
  /** Default 1. */
  readonly highest?: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (done: number, of: number, rate: number, loss: number) => void;
}

/** Learning rates, each with the loss before its step. */
export interface RateRange {
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  /** Where the smoothed loss falls fastest; undefined where it falls nowhere. */
  readonly suggestion: number | undefined;
}

/** The loss has diverged when it is so many times its lowest value. */
const DIVERGED = 4;

/**
 * The learning-rate range test (Smith 2017, section 3.3): from the weights that the model starts from, the rate rises
 * exponentially from step to step until the loss diverges. Writes no files.
 */
export async function findLearningRate(options: RateRangeOptions): Promise<RateRange> {
  const { model, fold, engine, steps = 100, lowest = 1e-7, highest = 1, signal } = options;
  const paths = layout(options.root ?? rootFolder());
  const { train } = await readTrainingData(paths, model, fold);
  await checkImages(paths.input.trainImages, [train]);
  const network = options.network ?? modelNetwork(model);
  const { state } = await initialWeights(network, model, train, signal);
  const session = await engine.training(network, state, {
    loss: trainingLoss(model),
    optimizer: model.optimizer,
    seed: model.seed,
    ...(model.precision === undefined ? {} : { precision: model.precision }),
  });
  const pool = createPool(
    inputRecipe(model),
    options.workers ?? 1,
    options.prefetch ?? 3,
    model.batchSize * sampleSize(model),
  );
  const rates: number[] = [];
  const losses: number[] = [];
  try {
    for (let epoch = 0; rates.length < steps; epoch++) {
      const order = epochOrder(train, model, epoch);
      const batches = loadBatches(pool, {
        set: train,
        folder: paths.input.trainImages,
        order,
        size: model.batchSize,
        first: 0,
        end: Math.min(stepsPerEpoch(order.length, model.batchSize), steps - rates.length),
        variants: [{ kind: 'train', epoch }],
        sampleSize: sampleSize(model),
      });
      for await (const batch of batches) {
        if (signal?.aborted === true) return rangeOf(rates, losses);
        if (batch.rows.length === 0) continue;
        const learningRate = rateOf(rates.length, steps, lowest, highest);
        const { loss } = await session.step(stepBatches(model, train, batch, epoch), { learningRate });
        if (!Number.isFinite(loss)) return rangeOf(rates, losses);
        rates.push(learningRate);
        losses.push(loss);
        options.onStep?.(rates.length, steps, learningRate, loss);
        const smooth = smoothed(losses);
        if (present(smooth.at(-1)) > DIVERGED * Math.min(...smooth)) return rangeOf(rates, losses);
      }
    }
    return rangeOf(rates, losses);
  } finally {
    await pool.close();
    await session.dispose();
  }
}

/** @param step from 0 to `steps - 1` */
export function rateOf(step: number, steps: number, lowest: number, highest: number): number {
  return lowest * (highest / lowest) ** (step / Math.max(1, steps - 1));
}

/** Exponential mean of the losses, of which 0.9 stays; corrected for its start at 0 as the moments of Adam are. */
export function smoothed(losses: readonly number[]): number[] {
  let mean = 0;
  return losses.map((loss, step) => {
    mean = 0.9 * mean + 0.1 * loss;
    return mean / (1 - 0.9 ** (step + 1));
  });
}

export function rangeOf(rates: readonly number[], losses: readonly number[]): RateRange {
  const smooth = smoothed(losses);
  let steepest = 0;
  let suggestion: number | undefined;
  // Rates are equally far apart on their logarithmic axis. The first means are of few losses.
  for (let step = 10; step + 1 < smooth.length; step++) {
    const slope = present(smooth[step + 1]) - present(smooth[step - 1]);
    if (slope < steepest) {
      steepest = slope;
      suggestion = rates[step];
    }
  }
  return { rates, losses, suggestion };
}
