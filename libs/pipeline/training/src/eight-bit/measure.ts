import { sampleSize, type BaseModel } from '@ichor/base-model';
import { present } from '@ichor/files';
import type { Network, Ranges, StateDict } from '@ichor/nn';
import { lossPerSlice, scorePredictions } from '@ichor/predictions';
import type { EightBitInference, Engine, InferenceSession } from '@ichor/runtime';
import { LABELS } from '@ichor/tables';
import { labelColumnsOf } from '../data/label-columns.js';
import type { SliceSet } from '../data/slice-set.js';
import { TrainingError } from '../error.js';
import { loadBatches, type LoadedBatch, type Unreadable } from '../input/batches.js';
import type { SamplePool } from '../input/pool.js';
import { evaluateBatch, type Forward } from '../train/evaluate.js';
import { Extremes } from './extremes.js';
import type { EightBitComparison, EightBitRecord } from './record.js';

/** Ranges of more slices change little. */
const GATHERED = 128;
/** The difference of two log losses on so many slices is known to about 0.0005. */
const COMPARED = 2000;
/** Which ranges are tried. A wide range has coarse steps, a narrow one cuts numbers off: which is worse depends on the network. */
const SHARES = [0.8, 0.9, 0.95, 1];
/** How often the slices are read that ranges are gathered on. */
export const EIGHT_BIT_PASSES = 1 + SHARES.length;

export interface EightBitContext {
  readonly model: BaseModel;
  readonly network: Network;
  readonly state: StateDict;
  readonly engine: Engine;
  /** Slices that the network was not trained on, and the folder of their images. */
  readonly set: SliceSet;
  readonly folder: string;
  /** Of samples of the model, `batchSize` in a slot. */
  readonly pool: SamplePool;
  /** Slices of a batch. */
  readonly batchSize: number;
  readonly onSlices?: ((count: number) => void) | undefined;
  /** A slice that is left out, once. */
  readonly onUnreadable?: ((slice: Unreadable) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The slices on which ranges are gathered, and others on which 8 bits are compared with float32; both spread over the whole set. */
export function eightBitRows(slices: number): {
  readonly gathered: Int32Array;
  readonly compared: Int32Array;
} {
  const gathered = spread(slices, Math.min(GATHERED, Math.floor(slices / 2)));
  const taken = new Set(gathered);
  const others = Int32Array.from({ length: slices }, (_, row) => row).filter((row) => !taken.has(row));
  return { gathered, compared: spread(others.length, COMPARED).map((place) => others[place]!) };
}

function spread(all: number, wanted: number): Int32Array {
  const count = Math.min(all, wanted);
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * all) / count));
}

/**
 * Gathers the ranges that a network needs to compute in 8 bits, and compares its predictions with those in float32, on one pass (the first of
 * test-time augmentation) of slices that it was not trained on.
 *
 * @returns undefined when the signal stopped it
 * @throws TrainingError `training/eight-bit` for an engine without 8 bits, `training/no-slices`, `training/not-finite`
 */
export async function measureEightBit(
  context: EightBitContext,
): Promise<Omit<EightBitRecord, 'predictions'> | undefined> {
  const engine = mustHaveEightBits(context.engine);
  const { gathered, compared } = eightBitRows(context.set.ids.length);
  const seen = await observe(context, engine, gathered);
  if (seen === undefined) return undefined;
  let best: { readonly share: number; readonly ranges: Ranges; readonly change: number } | undefined;
  for (const share of SHARES) {
    const ranges = seen.extremes.ranges(share);
    // The first pass has named what cannot be read.
    const quiet = { ...context, onUnreadable: undefined };
    const found = await withSession(inEightBits(context, engine, ranges), (session) =>
      predict(quiet, (inputs) => session.run(inputs), gathered),
    );
    if (found === undefined) return undefined;
    const change = meanChange(seen.probabilities, found.probabilities);
    if (best === undefined || change < best.change) best = { share, ranges, change };
  }
  const { share, ranges } = present(best);
  const comparison = await compare(context, engine, ranges, compared);
  if (comparison === undefined) return undefined;
  return { gathered: { slices: seen.rows.length, share }, ranges, compared: comparison };
}

/** @throws TrainingError `training/eight-bit` */
export function mustHaveEightBits({ eightBit, name, provider }: Engine): EightBitInference {
  if (eightBit !== undefined) return eightBit;
  throw new TrainingError({
    code: 'training/eight-bit',
    reason: `${name} on ${provider} does not compute in 8 bits`,
    remedy: 'measure it with --engine onnxruntime --provider cpu',
  });
}

const inEightBits = ({ network, state }: EightBitContext, engine: EightBitInference, ranges: Ranges) =>
  engine.inference(network, state, ranges, { outputs: ['logits'] });

async function withSession<S extends InferenceSession, T>(
  opening: Promise<S>,
  use: (session: S) => Promise<T>,
): Promise<T> {
  const session = await opening;
  try {
    return await use(session);
  } finally {
    await session.dispose();
  }
}

async function observe(context: EightBitContext, engine: EightBitInference, rows: Int32Array) {
  const { network, state } = context;
  return withSession(engine.observe(network, state, { outputs: ['logits'] }), async (session) => {
    const extremes = new Extremes(session.values);
    const forward: Forward = async (inputs) => {
      const outputs = await session.run(inputs);
      extremes.add(outputs);
      return outputs;
    };
    // All values of an image are in memory at once.
    const found = await predict({ ...context, model: { ...context.model, microBatch: 1 } }, forward, rows);
    return found && { ...found, extremes };
  });
}

interface Predicted {
  /** Rows that could be read. */
  readonly rows: readonly number[];
  /** rows x six labels */
  readonly probabilities: Float32Array;
}

async function predict(
  context: EightBitContext,
  forward: Forward,
  order: Int32Array,
): Promise<Predicted | undefined> {
  const rows: number[] = [];
  const probabilities: number[] = [];
  for await (const batch of batchesOf(context, order)) {
    if (context.signal?.aborted === true) return undefined;
    if (batch.rows.length > 0) {
      const evaluated = await evaluateBatch(forward, context.model, batch, context.set.ids);
      rows.push(...batch.rows);
      probabilities.push(...evaluated.probabilities);
    }
  }
  mustHaveSlices(rows);
  return { rows, probabilities: Float32Array.from(probabilities) };
}

async function* batchesOf(
  { pool, set, folder, batchSize, model, onSlices, onUnreadable }: EightBitContext,
  order: Int32Array,
): AsyncGenerator<LoadedBatch> {
  const batches = loadBatches(pool, {
    set,
    folder,
    order,
    size: batchSize,
    first: 0,
    end: Math.ceil(order.length / batchSize),
    variants: [{ kind: 'evaluate', pass: 0 }],
    sampleSize: sampleSize(model),
  });
  for await (const batch of batches) {
    for (const slice of batch.unreadable) onUnreadable?.(slice);
    yield batch;
    onSlices?.(batch.rows.length + batch.unreadable.length);
  }
}

function meanChange(some: Float32Array, others: Float32Array): number {
  return some.reduce((sum, value, i) => sum + Math.abs(value - others[i]!), 0) / some.length;
}

/** Both networks see each batch in turn, so that what else the machine does disturbs the times of both. */
async function compare(
  context: EightBitContext,
  engine: EightBitInference,
  ranges: Ranges,
  order: Int32Array,
): Promise<EightBitComparison | undefined> {
  const { network, state, model, set } = context;
  const opening = context.engine.inference(network, state, { outputs: ['logits'] });
  return withSession(opening, (plain) =>
    withSession(inEightBits(context, engine, ranges), async (small) => {
      const sides = [plain, small].map((session) => ({
        session,
        probabilities: [] as number[],
        times: [] as number[],
      }));
      const rows: number[] = [];
      for await (const batch of batchesOf(context, order)) {
        if (context.signal?.aborted === true) return undefined;
        if (batch.rows.length === 0) continue;
        rows.push(...batch.rows);
        for (const { session, probabilities, times } of sides) {
          const began = performance.now();
          const evaluated = await evaluateBatch((inputs) => session.run(inputs), model, batch, set.ids);
          times.push((performance.now() - began) / batch.rows.length);
          probabilities.push(...evaluated.probabilities);
        }
      }
      // One slice alone has no standard error.
      mustHaveSlices(rows, 2);
      const [float32, int8] = sides;
      return comparisonOf(set, rows, present(float32), present(int8));
    }),
  );
}

interface Side {
  readonly probabilities: readonly number[];
  /** Milliseconds of a slice, for each batch. */
  readonly times: readonly number[];
}

function comparisonOf(set: SliceSet, rows: readonly number[], float32: Side, int8: Side): EightBitComparison {
  const labels = LABELS.length;
  const targets = labelColumnsOf(
    Float32Array.from(
      { length: rows.length * labels },
      (_, i) => set.hardTargets[present(rows[Math.floor(i / labels)]) * labels + (i % labels)]!,
    ),
  );
  const columns = ({ probabilities }: Side) => labelColumnsOf(Float32Array.from(probabilities));
  const scores = (side: Side) => {
    const { weightedLogLoss, auc } = scorePredictions(targets, columns(side));
    return { weightedLogLoss, aucAny: present(auc[0]), milliseconds: median(side.times) };
  };
  const losses = lossPerSlice(targets, columns(float32));
  const differences = lossPerSlice(targets, columns(int8)).map((loss, i) => loss - losses[i]!);
  return {
    slices: rows.length,
    float32: scores(float32),
    int8: scores(int8),
    lossDifference: meanAndError(differences),
    largestChange: int8.probabilities.reduce(
      (largest, value, i) => Math.max(largest, Math.abs(value - present(float32.probabilities[i]))),
      0,
    ),
  };
}

/** The mean, and its standard error s / sqrt(n), of two values or more. */
function meanAndError(values: Float64Array): { readonly mean: number; readonly standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return present(sorted[Math.floor(sorted.length / 2)]);
}

function mustHaveSlices(rows: readonly number[], least = 1): void {
  if (rows.length >= least) return;
  throw new TrainingError({
    code: 'training/no-slices',
    reason: 'the fold has too few slices that can be read to compare 8 bits with float32',
    remedy: 'run preprocess again, or raise --limit',
  });
}
