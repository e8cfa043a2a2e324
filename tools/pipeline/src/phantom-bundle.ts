import type { BaseModel } from '@ichor/base-model';
import { createBundle, type BundleManifest } from '@ichor/bundle';
import { describeEnvironment, formatDuration, type CommandContext } from '@ichor/cli';
import { variables, writeFileAtomic } from '@ichor/files';
import { generateSet, type CohortOptions } from '@ichor/phantom';
import { createEngine } from '@ichor/runtime';
import { layout } from '@ichor/tables';
import { baseModelFiles, predictFold, trainFold, type EpochRecord } from '@ichor/training';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { imagenetThenPhantomsSmall } from './imagenet-head.js';
import { fifthStage, firstStage, fourthStage, secondStage, thirdStage } from './phantom-head.js';

const heads = { testPatients: 1, size: 192, sliceSpacing: 8 } as const;

/**
 * The heads of the first two stages: typical fresh bleeds in varied heads. The varieties are those of which the bundle that comes with
 * Ichor was made, by name: others that the phantom learns must not change it.
 */
export const typicalHeads = {
  ...heads,
  seed: 13,
  patients: 600,
  prevalence: 0.6,
  varieties: ['posture', 'scanner', 'base', 'dense', 'calcified', 'neck'],
} as const satisfies CohortOptions;

/**
 * The heads of all further stages: bleeds of every age, size and place, beside what surgeons and old infarcts leave. Without `subtle`
 * bleeds and `motion`: with them networks did no better on real heads (docs/benchmarks/real.md).
 */
export const variedHeads = {
  ...heads,
  seed: 15,
  patients: 700,
  prevalence: 0.65,
  varieties: [...typicalHeads.varieties, 'vertex', 'infarcts', 'operated', 'scalp', 'bleeds'],
} as const satisfies CohortOptions;

const FOLD = 0;

/** What every page of the bundle says; with a network that began with ImageNet weights, that it did. */
const notice = (withImagenet: boolean) =>
  `The networks were trained on synthetic heads only${withImagenet ? ' (one of them began with photographs)' : ''}: ` +
  'they have never seen a patient, and their numbers say nothing about one.';

export interface PhantomBundleOptions {
  readonly workspace: string;
  /** Folder of the set and the training; a stopped run goes on there. */
  readonly root: string;
  /** Folder of the bundle. */
  readonly out: string;
  /** ImageNet weights of EfficientNet-Lite0; without them the bundle has no network that begins there. */
  readonly imagenet: string | undefined;
  readonly threads: number;
}

/** Makes the bundle that comes with Ichor: synthetic set, preprocessing, training, held-out prediction, bundle, log. */
export async function makePhantomBundle(
  { workspace, root, out, imagenet, threads }: PhantomBundleOptions,
  { print, signal }: CommandContext,
): Promise<BundleManifest | undefined> {
  let seconds = 0;
  const log: string[] = [];
  const say = (line: string) => {
    log.push(line.replaceAll(join(root, '/'), ''));
    print(line);
  };
  const makeSet = async (options: CohortOptions, folder: string) => {
    const set = await generateSet({ ...options, out: folder, broken: false, signal });
    say(
      `${set.slices} slices of ${set.studies} studies of ${set.patients} patients, ${set.positive} with a bleed`,
    );
    const environment = { ...process.env, [variables.root]: folder };
    const preprocess = join(workspace, 'apps', 'preprocess', 'dist', 'main.js');
    await promisify(execFile)(process.execPath, [preprocess], { env: environment, signal });
    return folder;
  };
  const typical = await makeSet(typicalHeads, root);
  const varied = await makeSet(variedHeads, join(root, 'varied'));
  const engine = await createEngine('onnxruntime', { threads });

  /** False when it was stopped. */
  const train = async (model: BaseModel, set: string) => {
    const run = {
      model,
      fold: FOLD,
      engine,
      root: set,
      signal,
      checkpointMinutes: 5,
      events: { message: say },
    };
    const { status, history } = await trainFold(run);
    for (const epoch of history.epochs) {
      seconds += epoch.seconds;
      say(epochText(model, epoch));
    }
    return status !== 'stopped';
  };
  const weightsOf = ({ name, epochs }: BaseModel, set: string) =>
    baseModelFiles(layout(set), name, FOLD).snapshot(epochs - 1);
  const second = secondStage(weightsOf(firstStage, typical));
  const third = thirdStage(weightsOf(second, typical));
  const small = imagenet === undefined ? [] : [imagenetThenPhantomsSmall(imagenet)];
  const fourth = fourthStage(weightsOf(third, varied));
  const bundled = [fourth, fifthStage(weightsOf(fourth, varied)), ...small];
  for (const stage of [firstStage, second]) if (!(await train(stage, typical))) return undefined;
  for (const stage of [third, ...bundled]) if (!(await train(stage, varied))) return undefined;
  for (const model of bundled)
    await predictFold({ model, fold: FOLD, engine, root: varied, sets: ['valid'], signal });
  const manifest = await createBundle({
    out,
    name: 'phantom',
    notice: notice(imagenet !== undefined),
    models: bundled.map(({ name }) => name),
    folds: [FOLD],
    sensitivities: [0.8, 0.95],
    precision: 'float16',
    root: varied,
    signal,
  });
  const { ichor, node } = describeEnvironment();
  say(`Ichor ${ichor}, Node.js ${node}, ${threads} threads, ${formatDuration(seconds)} of training`);
  // Whose weights they begin with, not where these lie.
  const beginnings = [
    'none',
    firstStage.name,
    second.name,
    third.name,
    fourth.name,
    'EfficientNet-Lite0, ImageNet',
  ];
  const stages = [firstStage, second, third, ...bundled].map((stage, index) => ({
    ...stage,
    pretrained: beginnings[index],
  }));
  const settings = JSON.stringify({ sets: { typicalHeads, variedHeads }, stages, fold: FOLD }, null, 2);
  await writeFileAtomic(join(out, 'training.log'), `${log.join('\n')}\n\n${settings}\n`);
  return manifest;
}

function epochText(
  { name }: BaseModel,
  { epoch, steps, trainingLoss, validationLoss, scores }: EpochRecord,
): string {
  const auc = scores.auc.map((value) => value?.toFixed(3) ?? 'n/a').join(' ');
  return (
    `${name}, epoch ${epoch + 1}: ${steps} steps, training loss ${trainingLoss.toFixed(4)}, ` +
    `held out ${validationLoss.toFixed(4)}, AUC ${auc}`
  );
}
