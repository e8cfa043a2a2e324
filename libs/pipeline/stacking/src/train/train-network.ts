import { present } from '@ichor/files';
import { uniformStream, type Network, type StateDict, type Tensor } from '@ichor/nn';
import type { Engine, InferenceSession } from '@ichor/runtime';
import { learningRateOf } from '../config/schedule.js';
import type { CnnStacker } from '../config/schema.js';
import { StackingError } from '../error.js';
import type { StackingEvents } from './events.js';
import { stopIfAsked } from './fit.js';
import { initialState } from './initial-state.js';

/** Inputs and targets by row. */
export interface NetworkSet {
  readonly rows: number;
  /** Network input of some rows. */
  gather(rows: Uint32Array): Tensor;
  /** One column a class, 0 or 1. */
  readonly targets: readonly Float32Array[];
}

export interface NetworkTraining {
  readonly engine: Engine;
  readonly network: Network;
  /** For messages. */
  readonly label: string;
  /** Its name among the parts of the stacker. */
  readonly part: string;
  readonly train: NetworkSet;
  /** Without one, the weights of the last epoch are taken. */
  readonly valid?: NetworkSet;
  readonly epochs: number;
  /** Ends after so many of the epochs. */
  readonly endAfter?: number;
  readonly batchSize: number;
  readonly schedule: CnnStacker['schedule'];
  readonly classWeights?: readonly number[];
  readonly outputBias: CnnStacker['outputBias'];
  readonly seed: number;
  /** Loss of the validation set by which epochs are compared. */
  score(targets: readonly Float32Array[], probabilities: readonly Float32Array[]): number;
  /** `last`, or the weights of the lowest score. */
  readonly snapshot: 'last' | 'best';
  /** Stops after so many epochs without a lower score. */
  readonly patience?: number;
  readonly events: StackingEvents;
  readonly signal: AbortSignal | undefined;
}

export interface TrainedNetwork {
  readonly state: StateDict;
  /** Whose weights they are, from 0. */
  readonly epoch: number;
  /** Score after each epoch; none without a validation set. */
  readonly scores: readonly number[];
}

/** Trains a network from scratch with Adam. The same seed gives the same weights on the same engine. */
export async function trainNetwork(options: NetworkTraining): Promise<TrainedNetwork> {
  const { engine, network, train, valid, epochs, batchSize, schedule, seed, events, signal } = options;
  const session = await engine.training(
    network,
    initialState(network, train.targets, seed, options.outputBias),
    {
      loss: {
        kind: 'bce',
        ...(options.classWeights === undefined ? {} : { classWeights: options.classWeights }),
      },
      optimizer: { kind: 'adam' },
      seed,
    },
  );
  const last = Math.min(epochs, options.endAfter ?? epochs) - 1;
  const scores: number[] = [];
  let step = 0;
  await events.fitting?.(options.part);
  let best: { readonly epoch: number; readonly score: number; readonly state: StateDict } | undefined;
  try {
    for (let epoch = 0; epoch <= last; epoch++) {
      const order = shuffled(train.rows, seed, epoch);
      const learningRate = learningRateOf(schedule, epoch, epochs);
      events.begin?.(`${options.label}: epoch ${epoch + 1} of ${last + 1}`, train.rows, 'slices');
      for (let from = 0; from < order.length; from += batchSize) {
        stopIfAsked(signal);
        const rows = order.subarray(from, from + batchSize);
        // Batch norm has no statistics of a single sample.
        if (rows.length < 2 && order.length >= 2) continue;
        const batch = { inputs: { x: train.gather(rows) }, targets: targetsOf(train, rows) };
        const { loss } = await session.step(batch, { learningRate });
        if (!Number.isFinite(loss)) throw notFinite(options.label, epoch);
        step++;
        events.measured?.(step, { 'loss/step': loss, 'optimizer/learning_rate': learningRate });
        events.advance?.(rows.length, { loss: loss.toFixed(5) });
      }
      if (valid === undefined) {
        if (epoch === last) best = { epoch, score: NaN, state: session.parameters() };
        continue;
      }
      const predicted = await predictSet((inputs) => session.predict(inputs), valid);
      const score = options.score(valid.targets, predicted);
      if (!Number.isFinite(score)) throw notFinite(options.label, epoch);
      scores.push(score);
      events.measured?.(step, { 'loss/validation': score });
      const isBest = best === undefined || score < best.score;
      if (isBest || (options.snapshot === 'last' && epoch === last)) {
        best = { epoch, score, state: session.parameters() };
      }
      if (options.patience !== undefined && best !== undefined && epoch - best.epoch >= options.patience)
        break;
    }
  } finally {
    await session.dispose();
  }
  if (best === undefined) throw new RangeError('no epochs');
  return { state: best.state, epoch: best.epoch, scores };
}

/** Probabilities of a trained network for sets of rows, one column a class. */
export async function predictWith<Sets extends readonly NetworkSet[]>(
  engine: Engine,
  network: Network,
  state: StateDict,
  sets: Sets,
): Promise<Float32Array[][]> {
  const session: InferenceSession = await engine.inference(network, state, { outputs: ['logits'] });
  try {
    const predictions: Float32Array[][] = [];
    for (const set of sets) predictions.push(await predictSet((inputs) => session.run(inputs), set));
    return predictions;
  } finally {
    await session.dispose();
  }
}

const PREDICTION_BATCH = 4096;

/** Probabilities of a set, at most 4,096 rows at once; one column a class. */
export async function predictSet(
  run: (inputs: Readonly<Record<string, Tensor>>) => Promise<Record<string, Tensor>>,
  set: Pick<NetworkSet, 'rows' | 'gather'>,
): Promise<Float32Array[]> {
  let columns: Float32Array[] = [];
  for (let from = 0; from < set.rows; from += PREDICTION_BATCH) {
    const rows = Uint32Array.from(
      { length: Math.min(PREDICTION_BATCH, set.rows - from) },
      (_, i) => from + i,
    );
    const { logits } = await run({ x: set.gather(rows) });
    if (logits === undefined) throw new RangeError('the network has no logits');
    const classes = logits.data.length / rows.length;
    if (from === 0) columns = Array.from({ length: classes }, () => new Float32Array(set.rows));
    logits.data.forEach((logit, at) => {
      present(columns[at % classes])[from + Math.floor(at / classes)] = 1 / (1 + Math.exp(-logit));
    });
  }
  return columns;
}

function targetsOf(set: NetworkSet, rows: Uint32Array): Tensor {
  const classes = set.targets.length;
  const data = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => set.targets.forEach((column, c) => (data[i * classes + c] = column[row]!)));
  return { shape: [rows.length, classes], data };
}

/** Fisher and Yates; another order each epoch. */
function shuffled(rows: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const uniform = uniformStream(seed, epoch);
  for (let last = rows - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1));
    const row = order[last]!;
    order[last] = order[other]!;
    order[other] = row;
  }
  return order;
}

function notFinite(label: string, epoch: number): StackingError {
  return new StackingError({
    code: 'stacking/not-finite',
    reason: `${label}: the loss of epoch ${epoch + 1} is not a number`,
    remedy: 'lower the learning rate in the schedule of src/config.ts',
  });
}
