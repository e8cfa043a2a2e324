import { RunningMean } from '@ichor/experiment';
import { RandomStream } from '@ichor/files/random';
import { initializeOnDemand, type Network, type StateDict } from '@ichor/nn';
import type { Engine } from '@ichor/runtime';
import { LABELS } from '@ichor/tables';
import { StackingError } from '../error.js';
import type { StackingEvents } from '../train/events.js';
import { stopIfAsked } from '../train/fit.js';
import { epochBatches, sequenceBatch, type KnownSeries } from './examples.js';
import { CALIBRATIONS, CORRECTIONS, sequenceNetwork } from './network.js';
import type { SequenceSettings } from './settings.js';

export interface SequenceTraining {
  readonly engine: Engine;
  readonly settings: SequenceSettings;
  /** What it learns from, scaled. */
  readonly known: KnownSeries;
  /** For messages. */
  readonly label: string;
  /** Its name among the parts of the stacker. */
  readonly part: string;
  readonly events: StackingEvents;
  readonly signal: AbortSignal | undefined;
  /** Epochs that are trained of those that the schedule has; default all. */
  readonly epochs?: number;
  /** Sees the running mean of the weights after each epoch. */
  readonly afterEpoch?: (weights: StateDict, epoch: number) => Promise<void>;
}

/**
 * Trains a sequence model from the networks' own answers on. Nothing is chosen here: the weights are a running mean over
 * the steps. The same seed gives the same weights on the same engine.
 *
 * @throws StackingError `stacking/not-finite`; Stopped
 */
export async function trainSequence(training: SequenceTraining): Promise<StateDict> {
  const { engine, settings, known, label, part, events, signal, epochs = settings.epochs } = training;
  const { batchSize, seed } = settings;
  const network = sequenceNetwork(settings, known.rows.columns, settings.slices);
  const start = startOf(network, known, seed);
  if (epochs === 0) return start;
  const session = await engine.training(network, start, {
    loss: { kind: 'bce', weighted: true },
    optimizer: { kind: 'adamw', weightDecay: settings.weightDecay, decayOf: 'weights' },
    seed,
  });
  const series = known.starts.length - 1;
  const perEpoch = Math.ceil(series / batchSize);
  const steps = settings.epochs * perEpoch;
  const averaged = new RunningMean(settings.averaging);
  let step = 0;
  await events.fitting?.(part);
  try {
    for (let epoch = 0; epoch < epochs; epoch++) {
      const random = new RandomStream('sequence', seed, epoch);
      events.begin?.(`${label}: epoch ${epoch + 1} of ${epochs}`, series, 'series');
      for (const chosen of epochBatches(series, batchSize, random)) {
        stopIfAsked(signal);
        const learningRate = rateOf(step, steps, settings.learningRate);
        const { loss } = await session.step(sequenceBatch(known, chosen, settings, random), { learningRate });
        if (!Number.isFinite(loss)) {
          throw new StackingError({
            code: 'stacking/not-finite',
            reason: `${label}: the loss of epoch ${epoch + 1} is not a number`,
            remedy: 'lower learningRate in src/config.ts of the app',
          });
        }
        step++;
        averaged.add(session.parameters());
        events.measured?.(step, { 'loss/step': loss, 'optimizer/learning_rate': learningRate });
        events.advance?.(chosen.length, { loss: loss.toFixed(5) });
      }
      if (averaged.mean !== undefined) await training.afterEpoch?.(averaged.mean, epoch);
    }
  } finally {
    await session.dispose();
  }
  const { mean } = averaged;
  if (mean === undefined) throw new RangeError('there are no series to learn from');
  return mean;
}

/** Up in the first twentieth of the steps, then along half a cosine to a hundredth. `step` counts from 0. */
export function rateOf(step: number, steps: number, highest: number): number {
  const rise = Math.max(1, Math.round(steps / 20));
  if (step < rise) return (highest * (step + 1)) / rise;
  const progress = (step - rise) / Math.max(1, steps - rise);
  return highest * (0.01 + (0.99 * (1 + Math.cos(Math.PI * progress))) / 2);
}

/** Rarer labels start from this frequency: a bias beyond it saturates the sigmoid. */
const RAREST = 1e-3;

/**
 * As PyTorch's layers start, except that the answers are those of the networks, and the study without the order of its slices
 * starts from the frequencies of the series.
 */
function startOf(network: Network, { starts, targets }: KnownSeries, seed: number): StateDict {
  const series = starts.length - 1;
  const ofSeries = targets.map((column) => {
    let positive = 0;
    for (let k = 0; k < series; k++) {
      if (column.subarray(starts[k], starts[k + 1]).some((value) => value > 0)) positive++;
    }
    return positive / series;
  });
  const logOdds = Float32Array.from(ofSeries, (share) => {
    const kept = Math.min(Math.max(share, RAREST), 1 - RAREST);
    return Math.log(kept / (1 - kept));
  });
  const start = initializeOnDemand(
    network,
    seed,
    new Map([['instances.answer.bias', { shape: [logOdds.length], data: logOdds }]]),
  );
  for (const path of CORRECTIONS) {
    for (const name of [`${path}.weight`, `${path}.bias`]) start.get(name)?.data.fill(0);
  }
  for (const path of CALIBRATIONS) {
    start.get(`${path}.bias`)?.data.fill(0);
    start
      .get(`${path}.weight`)
      ?.data.forEach((_, i, all) => (all[i] = i % (LABELS.length + 1) === 0 ? 1 : 0));
  }
  return start;
}
