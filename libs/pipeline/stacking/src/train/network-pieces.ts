import { present } from '@ichor/files';
import type { FeatureMatrix } from '@ichor/gbdt';
import { logLoss, weightedLogLoss } from '@ichor/metrics';
import type { Network } from '@ichor/nn';
import { LABELS, type Label } from '@ichor/tables';
import type { CnnStacker, MlpStacker } from '../config/schema.js';
import { computeFeatures } from '../features/compute.js';
import { gatherNeighbours, gatherRows, stackNeighbours } from '../features/neighbours.js';
import { applyScaler, fitScaler, type Scaler } from '../features/scaling.js';
import { cnnStacking1, cnnStacking2 } from '../networks/convolutions.js';
import { denseNetwork } from '../networks/dense.js';
import type { AlignedSlices } from './fold-data.js';
import type { NetworkSet, NetworkTraining } from './train-network.js';

export type NetworkStacker = CnnStacker | MlpStacker;

/** What one network of a stacker predicts: all labels together (sections 5.2, 5.3), or one (section 5.5). */
export interface NetworkPiece {
  readonly part: Label | 'all';
  /** Of the labels. */
  readonly columns: readonly number[];
}

export function networkPieces({ kind }: NetworkStacker): readonly NetworkPiece[] {
  return kind === 'mlp'
    ? LABELS.map((part, index) => ({ part, columns: [index] }))
    : [{ part: 'all', columns: LABELS.map((_, index) => index) }];
}

/** @param columns of the features */
export function networkOf(stacker: NetworkStacker, columns: number): Network {
  if (stacker.kind === 'mlp') return denseNetwork(columns, stacker.hidden, stacker.dropout);
  const build = stacker.kind === 'cnn-1' ? cnnStacking1 : cnnStacking2;
  const models = stacker.inputs.length;
  return build({ models, features: columns / models });
}

/** Features of several parts; what is fitted is fitted on the first. */
export function scaledFeatures(
  stacker: NetworkStacker,
  parts: readonly AlignedSlices[],
): { readonly matrices: readonly FeatureMatrix[]; readonly scaler: Scaler } {
  const selection = { models: stacker.inputs, features: stacker.features, positionOrd: stacker.positionOrd };
  const matrices = parts.map(({ slices, predictions }) => computeFeatures(slices, predictions, selection));
  const scaler = fitScaler(present(matrices[0]), stacker.scaling);
  for (const matrix of matrices) applyScaler(scaler, matrix);
  return { matrices, scaler };
}

/** Inputs and targets of one network. */
export function networkSet(
  stacker: NetworkStacker,
  { columns }: NetworkPiece,
  matrix: FeatureMatrix,
  { slices, targets }: AlignedSlices,
): NetworkSet {
  const neighbours = stackNeighbours(slices.starts);
  return {
    rows: matrix.rows,
    targets: columns.flatMap((column) => targets.slice(column, column + 1)),
    gather: (rows) =>
      stacker.kind === 'mlp'
        ? gatherRows(matrix, rows)
        : gatherNeighbours(matrix, neighbours, rows, stacker.inputs.length),
  };
}

type TrainingSettings = Pick<
  NetworkTraining,
  | 'epochs'
  | 'batchSize'
  | 'schedule'
  | 'classWeights'
  | 'outputBias'
  | 'seed'
  | 'snapshot'
  | 'patience'
  | 'score'
>;

/** The settings of a stacker for the training of one of its networks. */
export function trainingSettings(stacker: NetworkStacker, { columns }: NetworkPiece): TrainingSettings {
  const { epochs, batchSize, schedule, outputBias, seed } = stacker;
  const common = { epochs, batchSize, schedule, outputBias };
  if (stacker.kind === 'mlp') {
    return {
      ...common,
      // Another start for each label, the same in every run.
      seed: seed + present(columns[0]),
      snapshot: 'best',
      patience: stacker.patience,
      score: ([target], [probabilities]) => logLoss(present(target), present(probabilities), { clip: 1e-7 }),
    };
  }
  const { labelWeights, snapshot } = stacker;
  return {
    ...common,
    seed,
    classWeights: labelWeights,
    snapshot,
    // Probabilities are clipped there before they are compared (section 5.3).
    score: (targets, probabilities) => weightedLogLoss(targets, probabilities, labelWeights, { clip: 1e-4 }),
  };
}
