import { seriesOrder, eachSeries } from '@ichor/dataset';
import { IchorError, present } from '@ichor/files';
import { PatientBootstrap, rocAuc, type DrawnInterval } from '@ichor/metrics';
import {
  lossPerSlice,
  mean,
  readOutOfFold,
  readStudyAnswers,
  selectSlices,
  studyScore,
  type LabelColumns,
} from '@ichor/predictions';
import {
  lgbmDemoSettings,
  lgbmSettings,
  makeStacker,
  mlpSettings,
  sequenceSettings,
  trainStackerFold,
  type Stacker,
} from '@ichor/stacking';
import { foldsTable, LABELS, layout, readPreprocessed, type Layout } from '@ichor/tables';
import { predictFrozen } from './sequence/frozen-network.js';

export const title = 'One network alone, with the stackers, with a sequence model';

/** So many resamples of the patients; the seed makes the intervals repeatable. */
const [DRAWS, SEED] = [1000, 14];

/** For few slices, as in the demo. */
const fewSlices = { hidden: [512, 256], outputBias: 'frequencies' as const, epochs: 20, batchSize: 64 };
const fewSeries = { epochs: 40, batchSize: 16, slices: 40, learningRate: 3e-3 };

/**
 * `ROOT NETWORK FOLDS [RECORD]` (for example `/data/set model-base 0,1`): the network must have predicted these folds and kept
 * its feature vectors, or RECORD names the `fold<K>.json` of a network trained on other patients, which predicts them here.
 * Fits the stackers below ROOT and compares all by patients.
 */
export async function run([root, network = 'model-base', folds = '0,1', record]: string[]): Promise<string> {
  if (root === undefined) {
    throw new IchorError({
      code: 'benchmarks/arguments',
      reason: 'there is no set named',
      remedy:
        'npm run bench -- sequence ROOT [NETWORK] [FOLDS] [RECORD], as docs/benchmarks/sequence.md says',
    });
  }
  const numbers = folds.split(',').map(Number);
  if (record !== undefined) await predictFrozen({ record, name: network, root, folds: numbers });
  const stackers = [
    makeStacker({ ...lgbmSettings, ...lgbmDemoSettings, name: 'bench-trees', inputs: [network] }),
    makeStacker({ ...mlpSettings, ...fewSlices, name: 'bench-mlp', inputs: [network] }),
    makeStacker({
      ...lgbmSettings,
      ...lgbmDemoSettings,
      features: ['prediction', 'rolling-mean-3', 'rolling-mean-5'],
      name: 'bench-stack',
      inputs: ['bench-mlp', 'bench-trees'],
    }),
    makeStacker({ ...sequenceSettings, ...fewSeries, name: 'bench-sequence-logits', inputs: [network] }),
    makeStacker({
      ...sequenceSettings,
      ...fewSeries,
      name: 'bench-sequence',
      inputs: [network],
      embeddings: [network],
    }),
  ];
  for (const stacker of stackers) {
    for (const fold of numbers) {
      const options = { stacker, fold, folds: numbers, root, nested: false, threads: 1 };
      await trainStackerFold({ ...options, provider: 'cpu' });
    }
  }
  return report(root, network, numbers, stackers);
}

interface Contestant {
  readonly name: string;
  readonly slices: LabelColumns;
  readonly studies: LabelColumns;
}

/** What all contestants are held against: slices out of fold, grouped to series and patients, with the truth. */
interface Ground {
  readonly ids: readonly string[];
  readonly series: readonly Uint32Array[];
  readonly patients: number;
  readonly targets: LabelColumns;
  readonly studyTargets: LabelColumns;
  readonly bySlice: PatientBootstrap;
  readonly byStudy: PatientBootstrap;
}

async function report(
  root: string,
  network: string,
  folds: readonly number[],
  stackers: readonly Stacker[],
): Promise<string> {
  const paths = layout(root);
  const alone = await readOutOfFold(paths, network, folds);
  const ground = await groundOf(paths, alone.ids);
  const { ids, series, patients } = ground;
  const contestants: Contestant[] = [
    {
      name: `${network} alone`,
      slices: alone.probabilities,
      studies: studyScores(alone.probabilities, series),
    },
  ];
  for (const stacker of stackers) contestants.push(await contestantOf(paths, stacker, folds, ground));
  const last = present(contestants.at(-1));
  return [
    `# ${title}`,
    '',
    `Out of fold (folds ${folds.join(', ')}): ${ids.length} slices, ${series.length} series, ${patients} patients. In brackets 95 % of ${DRAWS} resamples of the patients.`,
    '',
    row(['', 'log loss of slices', 'AUC any of slices', 'AUC any of studies', ...LABELS.slice(1)]),
    row(Array<string>(4 + LABELS.length - 1).fill('---')),
    ...contestants.map((contestant) => scoreRow(contestant, ground)),
    '',
    `What ${last.name} gains, on the same resamples:`,
    '',
    row(['over', 'log loss lower by', 'log loss', 'AUC any of studies']),
    row(['---', '---', '---', '---']),
    ...contestants.slice(0, -1).map((before) => gainRow(before, last, ground)),
  ].join('\n');
}

/** @param ids of the slices out of fold */
async function groundOf(paths: Layout, ids: readonly string[]): Promise<Ground> {
  const { columns } = await readPreprocessed(paths, 'train_folds', foldsTable);
  const rowOf = new Map(columns.ID.map((id, row) => [id, row]));
  const rows = ids.map((id) => present(rowOf.get(id)));
  const pick = <T>(column: ArrayLike<T>) => rows.map((row) => present(column[row]));
  const order = seriesOrder({
    ID: ids,
    StudyInstanceUID: pick(columns.StudyInstanceUID),
    SeriesInstanceUID: pick(columns.SeriesInstanceUID),
    Position3: Float64Array.from(pick(columns.Position3)),
  });
  const series = [...eachSeries(order)];
  const patients = pick(columns.PatientID);
  const known = [...new Set(patients)];
  const numberOf = new Map(known.map((patient, number) => [patient, number]));
  const patientOfSlice = Int32Array.from(patients, (patient) => present(numberOf.get(patient)));
  const patientOfStudy = Int32Array.from(series, (of) => patientOfSlice[of[0]!]!);
  const targets = LABELS.map((label) => Float64Array.from(pick(columns[`target_${label}`])));
  return {
    ids,
    series,
    patients: known.length,
    targets,
    studyTargets: targets.map((column) =>
      Float64Array.from(series, (of) => of.reduce((most, row) => Math.max(most, column[row]!), 0)),
    ),
    bySlice: new PatientBootstrap(patientOfSlice, DRAWS, SEED),
    byStudy: new PatientBootstrap(patientOfStudy, DRAWS, SEED),
  };
}

function studyScores(slices: LabelColumns, series: Ground['series']): LabelColumns {
  return slices.map((column) =>
    Float64Array.from(series, (of) => studyScore(Array.from(of, (row) => column[row]!))),
  );
}

/** A sequence model answers for the study itself; for the others the study is a function of its slices. */
async function contestantOf(
  paths: Layout,
  { name, kind }: Stacker,
  folds: readonly number[],
  { ids, series }: Ground,
): Promise<Contestant> {
  const slices = selectSlices(await readOutOfFold(paths, name, folds), ids).probabilities;
  if (kind !== 'sequence') return { name, slices, studies: studyScores(slices, series) };
  const answers = await readStudyAnswers(paths, name, folds, 'valid');
  const at = new Map(answers.firstIds.map((id, row) => [id, row]));
  const studies = answers.probabilities.map((column) =>
    Float64Array.from(series, (of) => column[present(at.get(present(ids[of[0]!])))]!),
  );
  return { name, slices, studies };
}

function scoreRow(
  { name, slices, studies }: Contestant,
  { targets, studyTargets, bySlice, byStudy }: Ground,
): string {
  const loss = lossPerSlice(targets, slices);
  const [any, study] = [anyOf(slices), anyOf(studies)];
  const [anyTarget, studyTarget] = [anyOf(targets), anyOf(studyTargets)];
  return row([
    name,
    figure(mean(loss), bySlice.mean(loss)),
    figure(rocAuc(anyTarget, any), bySlice.rocAuc(anyTarget, any, DRAWS)),
    figure(rocAuc(studyTarget, study), byStudy.rocAuc(studyTarget, study, DRAWS)),
    ...studyTargets.slice(1).map((target, kind) => digits(rocAuc(target, present(studies[kind + 1])), 3)),
  ]);
}

function gainRow(
  before: Contestant,
  after: Contestant,
  { targets, studyTargets, bySlice, byStudy }: Ground,
): string {
  const loss = lossPerSlice(targets, before.slices);
  const next = lossPerSlice(targets, after.slices);
  const less = loss.map((value, i) => value - next[i]!);
  const [target, from, to] = [anyOf(studyTargets), anyOf(before.studies), anyOf(after.studies)];
  return row([
    before.name,
    `${digits((100 * mean(less)) / mean(loss), 1)} %`,
    figure(mean(less), bySlice.mean(less)),
    figure(rocAuc(target, to) - rocAuc(target, from), byStudy.rocAucGain(target, from, to, DRAWS)),
  ]);
}

/** The column of `any`, the first of the labels. */
const anyOf = ([any]: LabelColumns) => present(any);
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const digits = (value: number, count: number) => (Number.isFinite(value) ? value.toFixed(count) : 'n/a');
const figure = (value: number, [low, high]: DrawnInterval) =>
  `${digits(value, 4)} (${digits(low, 4)} to ${digits(high, 4)})`;
