import { isThereSync, present } from '@ichor/files';
import type { FeatureMatrix, GbdtDataset, GbdtEngine, GbdtModel, GbdtParameters } from '@ichor/gbdt';
import { LABELS, type Label } from '@ichor/tables';
import type { LgbmStacker } from '../config/schema.js';
import { computeFeatures } from '../features/compute.js';
import type { StackingEvents } from './events.js';
import { writeImportances } from '../report/importances.js';
import { stopIfAsked, type FitContext, type Fitted } from './fit.js';
import type { AlignedSlices } from './fold-data.js';

/**
 * One LightGBM model per label on one binned table of features (section 5.4). Rounds are counted on the validation
 * fold, which is also what is reported: the leaderboard holds an estimate without that.
 */
export async function fitTrees(stacker: LgbmStacker, context: FitContext): Promise<Fitted> {
  const { data, files, events, signal } = context;
  const engine = await context.treeEngine();
  const parameters = treeParameters(stacker, context);

  engine.checkSize(data.train.slices.rows, stacker.inputs.length * LABELS.length * stacker.features.length);
  const models = new Map<Label, GbdtModel>();
  const missing = LABELS.filter(
    (label) => context.done[label] === undefined || !isThereSync(files.booster(label, engine.name)),
  );
  for (const label of LABELS) {
    if (!missing.includes(label)) models.set(label, await engine.load(files.booster(label, engine.name)));
  }
  const validMatrix = treeFeatures(stacker, data.valid);
  if (missing.length > 0) {
    events.message?.(`features of ${data.train.slices.rows} slices for ${missing.length} models`);
    const sets = binned(engine, treeFeatures(stacker, data.train), validMatrix, parameters);
    try {
      for (const label of missing) {
        stopIfAsked(signal);
        const model = await stopEarly(stacker, context, { engine, sets, parts: data }, label);
        models.set(label, model);
        await model.save(files.booster(label, engine.name));
        await context.finish(label, { rounds: model.rounds, validLoss: Math.min(...model.validLosses) });
      }
    } finally {
      sets.valid.dispose();
      sets.train.dispose();
    }
  }
  const predictAll = (matrix: FeatureMatrix) =>
    LABELS.map((label) => present(models.get(label)).predict(matrix));
  const valid = predictAll(validMatrix);
  const test = predictAll(treeFeatures(stacker, data.test));
  await writeImportances(files, `${stacker.name}`, validMatrix.names, models);
  for (const model of models.values()) model.dispose();
  return { valid, test };
}

export function treeParameters(
  stacker: LgbmStacker,
  { threads }: Pick<FitContext, 'threads'>,
): GbdtParameters {
  return { ...stacker, ...(threads === undefined ? {} : { threads }) };
}

export function treeFeatures(stacker: LgbmStacker, { slices, predictions }: AlignedSlices): FeatureMatrix {
  const { inputs: models, features, positionOrd } = stacker;
  return computeFeatures(slices, predictions, { models, features, positionOrd });
}

interface BinnedSets {
  readonly train: GbdtDataset;
  readonly valid: GbdtDataset;
}

/** What trees are grown on, and by what. */
export interface BinnedParts {
  readonly engine: GbdtEngine;
  readonly sets: BinnedSets;
  readonly parts: { readonly train: AlignedSlices; readonly valid: AlignedSlices };
}

/** Bins the training features once for all labels; the matrix can be let go afterwards. */
export function binned(
  engine: GbdtEngine,
  train: FeatureMatrix,
  valid: FeatureMatrix,
  parameters: GbdtParameters,
): BinnedSets {
  const trainSet = engine.dataset(train, { parameters });
  return { train: trainSet, valid: engine.dataset(valid, { parameters, reference: trainSet }) };
}

/** Trees for one label, as many as suit the validation part best. */
export async function stopEarly(
  stacker: LgbmStacker,
  { events, signal, threads }: Pick<FitContext, 'events' | 'signal' | 'threads'>,
  { engine, sets, parts }: BinnedParts,
  label: Label,
): Promise<GbdtModel> {
  const index = LABELS.indexOf(label);
  sets.train.setLabels(present(parts.train.targets[index]));
  sets.valid.setLabels(present(parts.valid.targets[index]));
  await events.fitting?.(label);
  events.begin?.(`${label}: trees`, undefined, 'rounds');
  return engine.train({
    ...sets,
    parameters: treeParameters(stacker, { threads }),
    rounds: stacker.rounds,
    earlyStoppingRounds: stacker.earlyStoppingRounds,
    onRound: countRounds(events),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Tells of rounds; ml-xgboost grows several at a time. */
export function countRounds(events: StackingEvents): (round: number, loss: number | undefined) => void {
  let told = 0;
  return (round, loss) => {
    events.advance?.(round - told, loss === undefined ? {} : { loss: loss.toFixed(5) });
    told = round;
    if (loss !== undefined) events.measured?.(round, { 'loss/validation': loss });
  };
}
