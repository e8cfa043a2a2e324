import { readFile } from 'node:fs/promises';
import { present, taskCommand } from '@ichor/files';
import { createGbdtEngine, parseTreeModel, type FeatureMatrix } from '@ichor/gbdt';
import type { AlignedPredictions } from '@ichor/predictions';
import type { Engine } from '@ichor/runtime';
import { LABELS, type Label } from '@ichor/tables';
import { readSafetensors } from '@ichor/weights';
import type { SequenceStacker, Stacker } from '../config/schema.js';
import { StackingError } from '../error.js';
import { computeFeatures } from '../features/compute.js';
import { gatherNeighbours, gatherRows, stackNeighbours } from '../features/neighbours.js';
import { applyScaler, scalerOf } from '../features/scaling.js';
import { answerOf, sharesIn, type SequenceAnswer } from '../sequence/answer.js';
import { sequenceNetwork } from '../sequence/network.js';
import { predictSeries } from '../sequence/predict.js';
import { readingOf, readScaled, scaleColumns, unscaledColumns } from '../sequence/reading.js';
import type { Embedding } from '../sequence/series.js';
import { sizeIn } from '../sequence/size.js';
import type { OrderedSlices } from '../slices/ordered-slices.js';
import { networkOf } from '../train/network-pieces.js';
import { predictSet } from '../train/train-network.js';

/** Where the fitted parts of one fold lie: `all` for the convolutions, a file per label for the others. */
export type StackerParts = Readonly<Partial<Record<Label | 'all', string>>>;

/** A fitted fold of a stacker, ready for new slices. */
export interface OpenStacker {
  readonly stacker: Stacker;
  /**
   * @param embeddings feature vectors of the slices, one for each model that a sequence model names, in its order
   * @returns probabilities, one column a label, in the order of the slices
   */
  predict(
    slices: OrderedSlices,
    predictions: AlignedPredictions,
    embeddings?: readonly Embedding[],
  ): Promise<Float32Array[]>;
  /** Of a stacker that answers for whole series too: both at once. */
  answer?(
    slices: OrderedSlices,
    predictions: AlignedPredictions,
    embeddings?: readonly Embedding[],
  ): Promise<SequenceAnswer>;
  dispose(): Promise<void>;
}

/**
 * Opens the fitted parts of a fold. Trees are evaluated here, without the LightGBM library.
 *
 * @throws StackingError `stacking/parts` when a part is missing; errors of weights and of boosters
 */
export async function openStacker(
  stacker: Stacker,
  parts: StackerParts,
  engine: Engine,
): Promise<OpenStacker> {
  if (stacker.kind === 'sequence') return openSequence(stacker, partOf(stacker, parts, 'all'), engine);
  const selection = { models: stacker.inputs, features: stacker.features, positionOrd: stacker.positionOrd };
  const featuresOf = (slices: OrderedSlices, predictions: AlignedPredictions) =>
    computeFeatures(slices, predictions, selection);
  if (stacker.kind === 'lgbm') {
    const boosters = await Promise.all(LABELS.map((label) => openBooster(partOf(stacker, parts, label))));
    return {
      stacker,
      predict: (slices, predictions) => {
        const matrix = featuresOf(slices, predictions);
        return Promise.resolve(boosters.map(({ predict }) => predict(matrix)));
      },
      dispose: () => {
        for (const booster of boosters) booster.dispose();
        return Promise.resolve();
      },
    };
  }
  const models = stacker.inputs.length;
  const paths =
    stacker.kind === 'mlp'
      ? LABELS.map((label) => partOf(stacker, parts, label))
      : [partOf(stacker, parts, 'all')];
  const networks = await Promise.all(
    paths.map(async (path) => {
      const { tensors } = await readSafetensors(path);
      const columns = tensors.get('scaler.fill')?.data.length ?? 0;
      const session = await engine.inference(networkOf(stacker, columns), tensors, { outputs: ['logits'] });
      return { scaler: scalerOf(tensors), session };
    }),
  );
  return {
    stacker,
    async predict(slices, predictions) {
      const columns: Float32Array[] = [];
      for (const { scaler, session } of networks) {
        const matrix = featuresOf(slices, predictions);
        applyScaler(scaler, matrix);
        const neighbours = stackNeighbours(slices.starts);
        const gather = (rows: Uint32Array) =>
          stacker.kind === 'mlp'
            ? gatherRows(matrix, rows)
            : gatherNeighbours(matrix, neighbours, rows, models);
        columns.push(...(await predictSet((inputs) => session.run(inputs), { rows: slices.rows, gather })));
      }
      return columns;
    },
    async dispose() {
      for (const { session } of networks) await session.dispose();
    },
  };
}

async function openSequence(stacker: SequenceStacker, path: string, engine: Engine): Promise<OpenStacker> {
  const { tensors } = await readSafetensors(path);
  const reading = readingOf(tensors);
  const shares = sharesIn(tensors);
  const columns = present(tensors.get('project.weight')?.shape[1]);
  const network = sequenceNetwork(sizeIn(tensors), columns, null);
  const session = await engine.inference(network, tensors, { outputs: ['slices', 'study'] });
  const answer = async (
    slices: OrderedSlices,
    predictions: AlignedPredictions,
    embeddings: readonly Embedding[] = [],
  ) => {
    const known = { slices, predictions, embeddings };
    const unscaled = unscaledColumns(known);
    const expected = reading.scaler.fill.length;
    if (embeddings.length !== stacker.embeddings.length || unscaled.columns !== expected) {
      const sizes = embeddings.map(({ size }) => size).join(', ');
      throw new StackingError({
        code: 'stacking/parts',
        reason: `${stacker.name} was fitted on ${expected} numbers per slice, but gets ${unscaled.columns} (feature vectors: ${sizes || 'none'})`,
        remedy: `give it the predictions of ${stacker.inputs.join(', ')} and the feature vectors of ${stacker.embeddings.join(', ') || 'none'}`,
      });
    }
    const rows = readScaled(scaleColumns(reading.scaler, unscaled), known, reading);
    const logits = await predictSeries((inputs) => session.run(inputs), rows, slices.starts);
    return answerOf(rows, slices.starts, logits, shares);
  };
  return {
    stacker,
    answer,
    predict: async (...study) => [...(await answer(...study)).slices],
    dispose: () => session.dispose(),
  };
}

interface Booster {
  predict(matrix: FeatureMatrix): Float32Array;
  dispose(): void;
}

async function openBooster(path: string): Promise<Booster> {
  if (path.endsWith('.json')) {
    const model = await (await createGbdtEngine('ml-xgboost')).load(path);
    return { predict: (matrix) => model.predict(matrix), dispose: () => model.dispose() };
  }
  const model = parseTreeModel(await readFile(path, 'utf8'), path);
  return { predict: (matrix) => model.predict(matrix), dispose: () => undefined };
}

function partOf({ name }: Stacker, parts: StackerParts, part: Label | 'all'): string {
  const path = parts[part];
  if (path !== undefined) return path;
  throw new StackingError({
    code: 'stacking/parts',
    reason: `${name} has no fitted part for ${part}`,
    remedy: `fit it: ${taskCommand({ project: name, target: 'train' })}`,
  });
}
