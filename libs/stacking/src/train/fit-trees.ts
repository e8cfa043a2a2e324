import { existsSync } from 'node:fs';
import type { FeatureMatrix, GbdtDataset, GbdtEngine, GbdtModel, GbdtParameters } from '@ichor/gbdt';
import { LABELS, type Label } from '@ichor/tables';
import type { LgbmStacker } from '../config/schema.js';
import { computeFeatures } from '../features/compute.js';
import { writeImportances } from '../report/importances.js';
import { stopIfAsked, type FitContext, type Fitted } from './fit.js';
import type { Part } from './fold-data.js';

/**
 * One LightGBM model per label on one binned table of features (section 5.4). Rounds are counted on the validation
 * fold, which is also what is reported: the leaderboard holds an estimate without that.
 */
export async function fitTrees(stacker: LgbmStacker, context: FitContext): Promise<Fitted> {
  const { data, files, events, signal, threads } = context;
  const engine = await context.treeEngine();
  const selection = { models: stacker.inputs, features: stacker.features, positionOrd: stacker.positionOrd };
  const featuresOf = ({ slices, predictions }: Part) => computeFeatures(slices, predictions, selection);
  const parameters: GbdtParameters = { ...stacker, ...(threads === undefined ? {} : { threads }) };

  engine.checkSize(
    data.train.slices.rows,
    selection.models.length * LABELS.length * selection.features.length,
  );
  const models = new Map<Label, GbdtModel>();
  const missing = LABELS.filter(
    (label) => context.done[label] === undefined || !existsSync(files.booster(label, engine.name)),
  );
  for (const label of LABELS) {
    if (!missing.includes(label)) models.set(label, await engine.load(files.booster(label, engine.name)));
  }
  const validMatrix = featuresOf(data.valid);
  if (missing.length > 0) {
    events.message?.(`features of ${data.train.slices.rows} slices for ${missing.length} models`);
    const sets = binned(engine, featuresOf(data.train), validMatrix, parameters);
    try {
      for (const label of missing) {
        stopIfAsked(signal);
        const model = await fitLabel(stacker, context, engine, parameters, sets, label);
        models.set(label, model);
        await model.save(files.booster(label, engine.name));
        await context.finish(label, { rounds: model.rounds, validLoss: Math.min(...model.validLosses) });
      }
    } finally {
      sets.valid.dispose();
      sets.train.dispose();
    }
  }
  const predictAll = (matrix: FeatureMatrix) => LABELS.map((label) => models.get(label)!.predict(matrix));
  const valid = predictAll(validMatrix);
  const test = predictAll(featuresOf(data.test));
  await writeImportances(files, `${stacker.name}`, validMatrix.names, models);
  for (const model of models.values()) model.dispose();
  return { valid, test };
}

/** Bins the training features once for all labels; the matrix can be let go afterwards. */
function binned(
  engine: GbdtEngine,
  train: FeatureMatrix,
  valid: FeatureMatrix,
  parameters: GbdtParameters,
): { readonly train: GbdtDataset; readonly valid: GbdtDataset } {
  const trainSet = engine.dataset(train, { parameters });
  return { train: trainSet, valid: engine.dataset(valid, { parameters, reference: trainSet }) };
}

async function fitLabel(
  stacker: LgbmStacker,
  { data, events, signal }: FitContext,
  engine: GbdtEngine,
  parameters: GbdtParameters,
  sets: ReturnType<typeof binned>,
  label: Label,
): Promise<GbdtModel> {
  const index = LABELS.indexOf(label);
  sets.train.setLabels(data.train.targets[index]!);
  sets.valid.setLabels(data.valid.targets[index]!);
  events.begin?.(`${label}: trees`, undefined, 'rounds');
  return engine.train({
    train: sets.train,
    valid: sets.valid,
    parameters,
    rounds: stacker.rounds,
    earlyStoppingRounds: stacker.earlyStoppingRounds,
    onRound: (_, loss) => events.advance?.(1, loss === undefined ? {} : { loss: loss.toFixed(5) }),
    ...(signal === undefined ? {} : { signal }),
  });
}
