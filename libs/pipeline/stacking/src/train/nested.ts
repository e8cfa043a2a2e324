import { present } from '@ichor/files';
import type { GbdtEngine } from '@ichor/gbdt';
import { LABELS } from '@ichor/tables';
import type { FeatureStacker, LgbmStacker, Stacker } from '../config/schema.js';
import { stopIfAsked, type FitContext } from './fit.js';
import { binned, countRounds, stopEarly, treeFeatures, treeParameters } from './fit-trees.js';
import { selectAligned, type AlignedSlices, type TrainingData } from './fold-data.js';
import {
  networkOf,
  networkPieces,
  networkSet,
  scaledFeatures,
  trainingSettings,
  type NetworkStacker,
} from './network-pieces.js';
import { predictWith, trainNetwork } from './train-network.js';

export type NestedContext = Omit<FitContext, 'data' | 'files' | 'done' | 'finish'>;

type KnownData = Pick<TrainingData, 'train' | 'trainFolds' | 'valid'>;

/** The choices and predictions of the fold itself, on the same data; where a choice is the same, so is the prediction. */
export interface UsualFit {
  readonly parts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly valid: readonly Float32Array[];
}

/** Whether anything but weights is taken from the validation fold. */
export function choosesByValidation(stacker: Stacker): stacker is FeatureStacker {
  if (stacker.kind === 'sequence') return false;
  return stacker.kind === 'lgbm' || stacker.kind === 'mlp' || stacker.snapshot === 'best';
}

/**
 * Predictions of the validation fold that do not use its labels: the length of training is chosen by holding out one of the
 * training folds; then all of them are fitted for that long.
 *
 * @returns one column a label; undefined where the training folds hold a single patient
 */
export async function fitNested(
  stacker: FeatureStacker,
  fold: number,
  data: KnownData,
  context: NestedContext,
  usual?: UsualFit,
): Promise<Float32Array[] | undefined> {
  const inner = holdOut(data, fold);
  if (inner === undefined) return undefined;
  const { events } = context;
  const named: NestedContext = {
    ...context,
    events: {
      ...events,
      begin: (label, total, unit) => events.begin?.(`nested, ${label}`, total, unit),
      fitting: (part) => events.fitting?.(`nested-${part}`),
    },
  };
  return stacker.kind === 'lgbm'
    ? nestedTrees(stacker, data, inner, named, usual)
    : nestedNetworks(stacker, data, inner, named, usual);
}

interface Split {
  readonly train: AlignedSlices;
  readonly valid: AlignedSlices;
}

/** Holds out the next training fold, or every third patient where there is only one. */
export function holdOut({ train, trainFolds }: Omit<KnownData, 'valid'>, fold: number): Split | undefined {
  const folds = [...new Set(trainFolds)].sort((a, b) => a - b);
  const next = folds.find((other) => other > fold) ?? folds[0];
  const patients = [...new Set(train.slices.patients)].sort((a, b) => a - b);
  if (patients.length < 2) return undefined;
  const third = new Set(patients.filter((_, index) => index % 3 === 1));
  const isHeldOut =
    folds.length > 1
      ? (row: number) => trainFolds[row] === next
      : (row: number) => third.has(train.slices.patients[row]!);
  return {
    train: selectAligned(train, (row) => !isHeldOut(row)),
    valid: selectAligned(train, isHeldOut),
  };
}

async function nestedTrees(
  stacker: LgbmStacker,
  data: KnownData,
  inner: Split,
  context: NestedContext,
  usual: UsualFit | undefined,
): Promise<Float32Array[]> {
  const engine = await context.treeEngine();
  const rounds = await chooseRounds(stacker, inner, context, engine);
  const parameters = treeParameters(stacker, context);
  const matrix = treeFeatures(stacker, data.valid);
  const train = engine.dataset(treeFeatures(stacker, data.train), { parameters });
  const columns: Float32Array[] = [];
  try {
    for (const [index, label] of LABELS.entries()) {
      stopIfAsked(context.signal);
      if (usual !== undefined && usual.parts[label]?.['rounds'] === rounds[index]) {
        columns.push(present(usual.valid[index]));
        continue;
      }
      context.events.begin?.(`${label}: trees`, rounds[index], 'rounds');
      train.setLabels(present(data.train.targets[index]));
      const model = await engine.train({
        train,
        parameters,
        rounds: present(rounds[index]),
        onRound: countRounds(context.events),
      });
      columns.push(model.predict(matrix));
      model.dispose();
    }
  } finally {
    train.dispose();
  }
  return columns;
}

/** Rounds for each label. */
async function chooseRounds(
  stacker: LgbmStacker,
  inner: Split,
  context: NestedContext,
  engine: GbdtEngine,
): Promise<number[]> {
  const matrices = [treeFeatures(stacker, inner.train), treeFeatures(stacker, inner.valid)] as const;
  const sets = binned(engine, ...matrices, treeParameters(stacker, context));
  const rounds: number[] = [];
  try {
    for (const label of LABELS) {
      stopIfAsked(context.signal);
      const model = await stopEarly(stacker, context, { engine, sets, parts: inner }, label);
      // A label without a split has none; its first round is the share of positives.
      rounds.push(Math.max(1, model.rounds));
      model.dispose();
    }
  } finally {
    sets.valid.dispose();
    sets.train.dispose();
  }
  return rounds;
}

async function nestedNetworks(
  stacker: NetworkStacker,
  data: KnownData,
  inner: Split,
  context: NestedContext,
  usual: UsualFit | undefined,
): Promise<Float32Array[]> {
  const epochs = await chooseEpochs(stacker, inner, context);
  const { matrices } = scaledFeatures(stacker, [data.train, data.valid]);
  const [trainMatrix, validMatrix] = matrices;
  const network = networkOf(stacker, present(trainMatrix).names.length);
  const engine = await context.networkEngine();
  const columns: Float32Array[] = [];
  for (const [index, piece] of networkPieces(stacker).entries()) {
    stopIfAsked(context.signal);
    if (usual !== undefined && usual.parts[piece.part]?.['epoch'] === epochs[index]) {
      columns.push(...piece.columns.map((column) => present(usual.valid[column])));
      continue;
    }
    const { state } = await trainNetwork({
      ...trainingSettings(stacker, piece),
      engine,
      network,
      label: piece.part,
      part: `refit-${piece.part}`,
      train: networkSet(stacker, piece, present(trainMatrix), data.train),
      endAfter: present(epochs[index]) + 1,
      events: context.events,
      signal: context.signal,
    });
    const valid = networkSet(stacker, piece, present(validMatrix), data.valid);
    const [predicted = []] = await predictWith(engine, network, state, [valid]);
    columns.push(...predicted);
  }
  return columns;
}

/** The best epoch of each network, from 0. */
async function chooseEpochs(
  stacker: NetworkStacker,
  inner: Split,
  context: NestedContext,
): Promise<number[]> {
  const { matrices } = scaledFeatures(stacker, [inner.train, inner.valid]);
  const [trainMatrix, validMatrix] = matrices;
  const network = networkOf(stacker, present(trainMatrix).names.length);
  const engine = await context.networkEngine();
  const epochs: number[] = [];
  for (const piece of networkPieces(stacker)) {
    stopIfAsked(context.signal);
    const { epoch } = await trainNetwork({
      ...trainingSettings(stacker, piece),
      engine,
      network,
      label: piece.part,
      part: piece.part,
      train: networkSet(stacker, piece, present(trainMatrix), inner.train),
      valid: networkSet(stacker, piece, present(validMatrix), inner.valid),
      events: context.events,
      signal: context.signal,
    });
    epochs.push(epoch);
  }
  return epochs;
}
