import { defineBaseModel, resolveModel, singleSliceFamily, type BaseModel } from '@ichor/base-model';
import { createBundle, type BundleManifest } from '@ichor/bundle';
import { describeEnvironment, formatDuration, type CommandContext } from '@ichor/cli';
import { variables, writeFileAtomic } from '@ichor/files';
import { generateSet, VARIETIES, type CohortOptions } from '@ichor/phantom';
import { createEngine } from '@ichor/runtime';
import { layout } from '@ichor/tables';
import { baseModelFiles, predictFold, trainFold } from '@ichor/training';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The heads that the network learns from: varied ones, so that it has seen what real heads have. */
export const phantomBundleSet = {
  seed: 13,
  patients: 600,
  testPatients: 1,
  size: 192,
  sliceSpacing: 8,
  prevalence: 0.6,
  varieties: VARIETIES,
} as const satisfies CohortOptions;

/**
 * Half of densenet121 at 96 pixels: 1.4 million parameters, cells of 8 pixels, which make heat maps of 12 x 12. Fold 0 of five
 * is held out: calibration and thresholds are fitted on it.
 */
const firstStage = defineBaseModel({
  ...singleSliceFamily,
  name: 'phantom-head',
  recipe: 'from-scratch',
  backbone: 'densenet121-half',
  imageSize: 96,
  batchSize: 16,
  sampling: 'pos==neg',
  optimizer: { kind: 'adamw', weightDecay: 0.05 },
  validationSlices: 256,
  snapshot: 'last',
  seed: 13,
  epochs: 2,
  slicesPerEpoch: 5200,
});

/**
 * A second, short stage from the weights of the first, with smaller steps: with the values undone that one study in ten has
 * wrapped around at 12 bits. The first stage saw those as they are, and called them bleeds.
 *
 * @param pretrained weights of the first stage
 */
function secondStage(pretrained: string): BaseModel {
  return resolveModel(firstStage, undefined, {
    name: 'phantom-head-tuned',
    pretrained,
    pixelFix: true,
    epochs: 1,
    slicesPerEpoch: 1600,
    schedule: { kind: 'warm-up-cosine', start: 5e-5, peak: 5e-4, end: 5e-6, warmUp: 0.1 },
  });
}

const FOLD = 0;

export const phantomNotice =
  'The networks were trained on synthetic heads only: they have never seen a patient, and their numbers say nothing about one.';

export interface PhantomBundleOptions {
  readonly workspace: string;
  /** Folder of the set and the training; a stopped run goes on there. */
  readonly root: string;
  /** Folder of the bundle. */
  readonly out: string;
  readonly threads: number;
}

/** Makes the bundle that comes with Ichor: synthetic set, preprocessing, training, held-out prediction, bundle, log. */
export async function makePhantomBundle(
  { workspace, root, out, threads }: PhantomBundleOptions,
  { print, signal }: CommandContext,
): Promise<BundleManifest | undefined> {
  let seconds = 0;
  const log: string[] = [];
  const say = (line: string) => {
    log.push(line);
    print(line);
  };
  const set = await generateSet({ ...phantomBundleSet, out: root, broken: false, signal });
  say(
    `${set.slices} slices of ${set.studies} studies of ${set.patients} patients, ${set.positive} with a bleed`,
  );
  const environment = { ...process.env, [variables.root]: root };
  const preprocess = join(workspace, 'apps', 'preprocess', 'dist', 'main.js');
  await promisify(execFile)(process.execPath, [preprocess], { env: environment, signal });
  const engine = await createEngine('onnxruntime', { threads });

  /** False when it was stopped. */
  async function train(model: BaseModel): Promise<boolean> {
    const events = { message: say };
    const run = { model, fold: FOLD, engine, root, signal, checkpointMinutes: 5, events };
    const { status, history } = await trainFold(run);
    for (const { epoch, steps, trainingLoss, validationLoss, scores, ...record } of history.epochs) {
      seconds += record.seconds;
      const auc = scores.auc.map((value) => value?.toFixed(3) ?? 'n/a').join(' ');
      say(
        `${model.name}, epoch ${epoch + 1}: ${steps} steps, training loss ${trainingLoss.toFixed(4)}, ` +
          `held out ${validationLoss.toFixed(4)}, AUC ${auc}`,
      );
    }
    return status !== 'stopped';
  }

  const first = firstStage.model;
  if (!(await train(first))) return undefined;
  const weights = baseModelFiles(layout(root), first.name, FOLD).snapshot(first.epochs - 1);
  const model = secondStage(weights);
  if (!(await train(model))) return undefined;
  await predictFold({ model, fold: FOLD, engine, root, sets: ['valid'], signal });
  const manifest = await createBundle({
    out,
    name: 'phantom',
    notice: phantomNotice,
    models: [model.name],
    folds: [FOLD],
    sensitivities: [0.95, 0.8],
    root,
    signal,
  });
  const { ichor, node } = describeEnvironment();
  say(`Ichor ${ichor}, Node.js ${node}, ${threads} threads, ${formatDuration(seconds)} of training`);
  const settings = JSON.stringify(
    { set: phantomBundleSet, stages: [first, { ...model, pretrained: first.name }], fold: FOLD },
    null,
    2,
  );
  await writeFileAtomic(join(out, 'training.log'), `${log.join('\n')}\n\n${settings}\n`);
  return manifest;
}
