import { headParameters, modelNetwork, withFeatureMaps } from '@ichor/base-model';
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describeEnvironment } from '@ichor/cli';
import { copyFileAtomic, present, writeFileAtomic } from '@ichor/files';
import { rocAuc } from '@ichor/metrics';
import { exportOnnx, type Precision, type StateDict } from '@ichor/nn';
import {
  meanOfSets,
  readFold,
  readStudyAnswers,
  scorePredictions,
  type PredictionSet,
} from '@ichor/predictions';
import { LABELS, layout, rootFolder, type Layout } from '@ichor/tables';
import { readWeights, type EightBitRecord } from '@ichor/training';
import { writeSafetensors } from '@ichor/weights';
import { calibrate, fitPlatt, logitOf, type PlattScaling } from './calibration/platt.js';
import { thresholdAtSensitivity, type Threshold } from './calibration/threshold.js';
import { chooseStackers, finalStacker, readBy } from './chosen-stackers.js';
import { claimFolder } from './claim.js';
import { eightBitRecords, keepsAccuracy } from './eight-bit.js';
import { hashFile } from './hash.js';
import {
  BUNDLE_VERSION,
  EIGHT_BIT_VERSION,
  manifestSchema,
  studyScoreOf,
  type BundledFile,
  type BundledNetwork,
  type BundledStacker,
  type BundleManifest,
  type BundleScores,
} from './manifest.js';
import { modelCard } from './model-card.js';
import { networkMetadata } from './network-file.js';
import { answeredCases, studyCases, trainingStudies, type StudyCases } from './studies.js';
import {
  chooseNetworks,
  readTrainedFolds,
  withoutExperiments,
  type FittedStacker,
  type SkippedFold,
  type TrainedNetwork,
} from './trained-folds.js';

export interface BundleOptions {
  /** Folder to make. It may be absent, empty, or hold an unfinished bundle, which is replaced. */
  readonly out: string;
  /** Default: the name of the folder. */
  readonly name: string;
  /** Apps, or named runs as `MODEL.NAME`; default every base model that is trained, without named runs. */
  readonly models?: readonly string[];
  /** Default: every fold that is trained. */
  readonly folds?: readonly number[];
  /** Take the stackers whose inputs are all in the bundle; default true. Without them the networks are averaged. */
  readonly stacking?: boolean;
  /** The final stacker of the bundle; default: of those that feed no other, that of most folds. */
  readonly final?: string;
  /** Sensitivities of the thresholds; the first one's decide. Default 0.95. */
  readonly sensitivities?: readonly number[];
  /**
   * How the weights of the networks are stored; computations are float32. Default: float32. With `int8`, networks that lose little by it
   * compute in 8 bits (a rise of the log loss by 0.002, a fall of the AUC `any` by 0.005), and the others stay in float32.
   */
  readonly precision?: Precision | 'int8';
  /** A notice that is shown with every number of the bundle; at most 300 characters. */
  readonly notice?: string;
  readonly root?: string;
  /** Stops between two steps; the next run begins again. */
  readonly signal?: AbortSignal;
  /** A trained fold that does not go into the bundle, and why. */
  readonly onSkip?: (fold: SkippedFold) => void;
  readonly onNetwork?: (network: TrainedNetwork, done: number, total: number) => void;
}

/**
 * Makes a bundle of trained networks: their ONNX files, the calibration and the thresholds of their mean, a
 * manifest with hashes, a model card. Networks and stackers that the final stacker does not read are left
 * out: they would only take time. The manifest is written last: a folder without one is not a bundle.
 *
 * @throws BundleError `bundle/nothing-trained`, `bundle/final`, `bundle/not-empty`, `bundle/calibration`, `bundle/eight-bit`; IchorError `files/locked`,
 *   `files/not-writable`; the reason of the signal
 */
export async function createBundle(options: BundleOptions): Promise<BundleManifest> {
  const paths = layout(options.root ?? rootFolder());
  const found = withoutExperiments(await readTrainedFolds(paths), options);
  const trained = chooseNetworks(paths, found, options.models, options.folds);
  const { stacking = true, onSkip } = options;
  const chosen = stacking ? chooseStackers(found.stackers, trained) : { stackers: [], skipped: [] };
  const skipped = [...found.skipped, ...chosen.skipped];
  const final = finalStacker(chosen.stackers, options.final, skipped);
  const read = readBy(final, trained, chosen.stackers);
  for (const fold of [...skipped, ...read.skipped]) onSkip?.(fold);
  const folder = await claimFolder(options.out);
  try {
    const manifest = await writeBundle(options, paths, read.networks, { final, stackers: read.stackers });
    await folder.finish();
    return manifest;
  } finally {
    await folder.release();
  }
}

async function writeBundle(
  options: BundleOptions,
  paths: Layout,
  trained: readonly TrainedNetwork[],
  fitted: ChosenFinal,
): Promise<BundleManifest> {
  const { out, signal } = options;
  const networks: BundledNetwork[] = [];
  const eightBit = options.precision === 'int8' ? await eightBitRecords(paths, trained) : undefined;
  const outOfFold: PredictionSet[] = [];
  for (const [done, network] of trained.entries()) {
    options.onNetwork?.(network, done, trained.length);
    await pause(signal);
    const own = await readFold(paths, network.model, network.fold, 'valid');
    outOfFold.push(own);
    await pause(signal);
    networks.push(await writeNetwork(options, network, own, eightBit?.get(network)));
  }
  const stacked = await writeStackers(options, paths, fitted);
  await pause(signal);
  const ensemble = stacked.final ?? meanOfSets(outOfFold);
  const described = await describe(options, { paths, trained, networks, stacked, ensemble });
  // A bundle that cannot be opened again must not be written.
  const manifest = manifestSchema.parse(described);
  await writeFileAtomic(join(out, 'MODEL_CARD.md'), modelCard(manifest));
  await writeFileAtomic(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** Between two steps: lets a signal of the system arrive, and stops if there was one. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  signal?.throwIfAborted();
}

async function writeNetwork(
  { out, signal, precision = 'float32' }: BundleOptions,
  network: TrainedNetwork,
  outOfFold: PredictionSet,
  eightBit: EightBitRecord | undefined,
): Promise<BundledNetwork> {
  const { model, fold, epoch, settings, weights } = network;
  const state = await readWeights(weights);
  const graph = modelNetwork(settings);
  const inEightBits = eightBit !== undefined && keepsAccuracy(eightBit.compared);
  const kept = inEightBits
    ? { ranges: eightBit.ranges }
    : { weights: precision === 'int8' ? ('float32' as const) : precision };
  const base = `networks/${model}-fold${fold}`;
  const head: StateDict = new Map(headParameters(graph).map((name) => [name, present(state.get(name))]));
  await writeFileAtomic(
    join(out, `${base}.onnx`),
    exportOnnx(withFeatureMaps(graph), state, networkMetadata(settings), kept),
  );
  await pause(signal);
  await writeSafetensors(join(out, `${base}.head.safetensors`), head);
  return {
    model,
    fold,
    epoch,
    settings,
    ...(precision === 'float32' || (precision === 'int8' && !inEightBits) ? {} : { precision }),
    ...(eightBit === undefined ? {} : { eightBit: eightBit.compared }),
    onnx: await describeFile(out, `${base}.onnx`, signal),
    head: await describeFile(out, `${base}.head.safetensors`, signal),
    outOfFold: scoresOf(outOfFold),
  };
}

interface ChosenFinal {
  readonly final: string | undefined;
  readonly stackers: readonly FittedStacker[];
}

interface Stacked {
  readonly stackers: BundledStacker[];
  readonly name: string | undefined;
  /** Of the final stacker of the bundle, over its folds. */
  readonly final: PredictionSet | undefined;
  /** Its answers for whole series, if it gives any. */
  readonly studies: StudyCases | undefined;
}

async function writeStackers(
  { out, signal }: BundleOptions,
  paths: Layout,
  { final: name, stackers: fitted }: ChosenFinal,
): Promise<Stacked> {
  const stackers: BundledStacker[] = [];
  const ofFinal: PredictionSet[] = [];
  for (const one of fitted) {
    await pause(signal);
    const own = await readFold(paths, one.settings.name, one.fold, 'valid');
    if (one.settings.name === name) ofFinal.push(own);
    stackers.push(await writeStacker(out, one, own));
  }
  const speaking = fitted.filter(({ settings }) => settings.name === name);
  const answers =
    name !== undefined && studyScoreOf(speaking[0]?.settings) === 'study-answer'
      ? await readStudyAnswers(
          paths,
          name,
          speaking.map(({ fold }) => fold),
          'valid',
        )
      : undefined;
  return {
    stackers,
    name,
    final: ofFinal.length > 0 ? meanOfSets(ofFinal) : undefined,
    studies: answers && answeredCases(answers),
  };
}

async function writeStacker(
  out: string,
  { settings, fold, parts }: FittedStacker,
  outOfFold: PredictionSet,
): Promise<BundledStacker> {
  const files: Record<string, BundledFile> = {};
  for (const [part, from] of Object.entries(parts)) {
    const path = `stackers/${settings.name}-${basename(from)}`;
    await copyFileAtomic(from, join(out, path));
    files[part] = await describeFile(out, path);
  }
  return { name: settings.name, fold, settings, parts: files, outOfFold: scoresOf(outOfFold) };
}

async function describeFile(folder: string, path: string, signal?: AbortSignal): Promise<BundledFile> {
  return { path, ...(await hashFile(join(folder, path), signal)) };
}

interface BundleContent {
  readonly paths: Layout;
  readonly trained: readonly TrainedNetwork[];
  readonly networks: BundledNetwork[];
  readonly stacked: Stacked;
  /** The out-of-fold predictions of the whole ensemble. */
  readonly ensemble: PredictionSet;
}

async function describe(
  options: BundleOptions,
  { paths, trained, networks, stacked, ensemble }: BundleContent,
): Promise<BundleManifest> {
  const { stackers, name: final } = stacked;
  const studies = await trainingStudies(paths);
  const cases = stacked.studies ?? studyCases(studies, ensemble);
  const study: (PlattScaling | null)[] = [];
  for (const [label, truth] of cases.truth.entries()) {
    await pause(options.signal);
    study.push(fitOrNull(present(cases.scores[label]), truth));
  }
  const thresholds = (options.sensitivities ?? [0.95]).map((wanted) =>
    study.map((scaling, label) => threshold(cases, label, scaling, wanted)),
  );
  const [deciding, ...others] = thresholds;
  const environment = describeEnvironment();
  return {
    format: 'ichor-bundle',
    version: networks.some(({ eightBit }) => eightBit !== undefined) ? EIGHT_BIT_VERSION : BUNDLE_VERSION,
    name: options.name,
    ...(options.notice === undefined ? {} : { notice: options.notice }),
    createdAt: new Date().toISOString(),
    software: { ichor: environment.ichor, node: environment.node },
    labels: [...LABELS],
    networks,
    stackers,
    ensemble: {
      ...(final === undefined ? { kind: 'mean' as const } : { kind: 'stacking' as const, final }),
      outOfFold: scoresOf(ensemble),
    },
    studyScore: stacked.studies === undefined ? 'three-neighbours' : 'study-answer',
    calibration: { slice: await sliceCalibration(ensemble, options.signal), study },
    thresholds: deciding ?? LABELS.map(() => null),
    otherThresholds: LABELS.map((_, label) => others.flatMap((all) => all[label] ?? [])),
    studyAuc: cases.truth.map((truth, label) => finiteOrNull(rocAuc(truth, present(cases.scores[label])))),
    training: {
      studies: studies.length,
      slices: studies.reduce((sum, { slices }) => sum + slices.length, 0),
      patients: new Set(studies.map(({ patient }) => patient)).size,
      evaluatedStudies: present(cases.truth[0]).length,
      positiveStudies: cases.truth.map((truth) => truth.reduce((sum, one) => sum + one, 0)),
      data: [...new Set(trained.map(({ data }) => data))].sort(),
    },
  };
}

async function sliceCalibration(
  { probabilities, targets }: PredictionSet,
  signal: AbortSignal | undefined,
): Promise<(PlattScaling | null)[]> {
  const scalings: (PlattScaling | null)[] = [];
  for (const [label, column] of targets.entries()) {
    // A fit over all slices of the challenge takes seconds.
    await pause(signal);
    // Slices with unknown truth are not negative.
    const known = (_: number, row: number) => !Number.isNaN(column[row]!);
    const predicted = [...present(probabilities[label])].filter(known);
    const truth = [...column].filter(known).map((target) => (target >= 0.5 ? 1 : 0));
    scalings.push(fitOrNull(predicted, truth));
  }
  return scalings;
}

function scoresOf({ ids, targets, probabilities }: PredictionSet): BundleScores {
  const { weightedLogLoss, logLoss, auc } = scorePredictions(targets, probabilities);
  return { slices: ids.length, weightedLogLoss, logLoss: [...logLoss], auc: [...auc] };
}

const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);

/** A label of one class alone cannot be calibrated: its probabilities stay as they are. */
function fitOrNull(probabilities: readonly number[], truth: readonly number[]): PlattScaling | null {
  const positives = truth.reduce((sum, one) => sum + one, 0);
  return positives === 0 || positives === truth.length
    ? null
    : fitPlatt(probabilities.map(logitOf), truth, 1);
}

function threshold(
  { scores, truth }: StudyCases,
  label: number,
  scaling: PlattScaling | null,
  sensitivity: number,
): Threshold | null {
  const raw = present(scores[label]);
  const calibrated = scaling ? raw.map((score) => calibrate(scaling, score)) : raw;
  return thresholdAtSensitivity(calibrated, present(truth[label]), sensitivity) ?? null;
}
