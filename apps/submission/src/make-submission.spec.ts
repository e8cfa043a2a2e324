import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RunRecord } from '@ichor/cli';
import { acquireLock } from '@ichor/files';
import { browserPath, launchBrowser, pageFaults } from '@ichor/report/testing';
import {
  foldsTable,
  LABELS,
  layout,
  predictionsTable,
  studyPredictionsTable,
  writeTable,
  type Label,
  type Layout,
} from '@ichor/tables';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeSubmission, type SubmissionPlan } from './make-submission.js';
import { terminalLeaderboard } from './terminal-table.js';

const config: SubmissionPlan = {
  models: [
    { name: 'weak', inputs: [], level: 0 },
    { name: 'good', inputs: [], level: 0 },
    { name: 'stacker', inputs: ['weak', 'good'], level: 1 },
    { name: 'absent', inputs: ['stacker'], level: 2 },
  ],
  final: 'stacker',
  scoring: { clip: 1e-6, bootstrap: { loss: 50, auc: 20, seed: 1 } },
};

const PATIENTS = 10;
const train = Array.from({ length: 40 }, (_, i) => `ID_${i.toString(16).padStart(9, '0')}`);
const test = Array.from({ length: 10 }, (_, i) => `ID_f${i.toString(16).padStart(8, '0')}`);
/** Made-up truth: a slice in three has a bleed of one kind. */
const isPositive = (i: number, label: number) => i % 3 === 0 && (label === 0 || label === 1 + (i % 5));

/** Predictions that are right up to `error`, the logit of which wobbles with the slice. */
function probability(i: number, label: number, error: number): number {
  const wobble = ((i * 7 + label * 3) % 11) / 11;
  const p = error * (0.5 + wobble);
  return isPositive(i, label) ? 1 - p : p;
}

let paths: Layout;
beforeEach(async () => {
  paths = layout(await mkdtemp(join(tmpdir(), 'ichor-leaderboard-')));
  await mkdir(paths.input.folder, { recursive: true });
  await mkdir(join(paths.root, 'truth'), { recursive: true });
  const rows = test.flatMap((id, i) =>
    LABELS.map((label, l) => ({ key: `${id}_${label}`, truth: isPositive(i, l) ? 1 : 0 })),
  );
  const csv = (value: (row: { truth: number }) => string) =>
    `ID,Label\n${rows.map((row) => `${row.key},${value(row)}`).join('\n')}\n`;
  await writeFile(
    paths.input.sampleSubmission,
    csv(() => '0.5'),
  );
  await writeFile(
    join(paths.root, 'truth', 'stage_2_test.csv'),
    csv(({ truth }) => String(truth)),
  );
  await mkdir(dirname(paths.preprocessed('train_folds')), { recursive: true });
  const zeros = () => new Float64Array(train.length);
  await writeTable(paths.preprocessed('train_folds'), foldsTable, {
    ID: train,
    labels: train.map(() => ''),
    PatientID: train.map((_, i) => `P${i % PATIENTS}`),
    StudyInstanceUID: train.map((_, i) => `S${i % PATIENTS}`),
    SeriesInstanceUID: train.map((_, i) => `S${i % PATIENTS}`),
    WindowCenter: zeros(),
    WindowWidth: zeros(),
    RescaleIntercept: zeros(),
    RescaleSlope: zeros(),
    Position3: zeros(),
    PositionOrd: zeros(),
    LeftLabel: train.map(() => ''),
    RightLabel: train.map(() => ''),
    ...targets(train.map((_, i) => i)),
    fold: Int8Array.from(train, (_, i) => (i % PATIENTS) % 2),
  });
});

const targets = (slices: readonly number[]) => ({
  ...columns('target', (l) => Float32Array.from(slices, (i) => (isPositive(i, l) ? 1 : 0))),
});

/** Six columns by label. */
function columns<P extends string>(prefix: P, make: (label: number) => Float32Array) {
  const entries = LABELS.map((label, l) => [`${prefix}_${label}`, make(l)]);
  return Object.fromEntries(entries) as Record<`${P}_${Label}`, Float32Array>;
}

interface Slice {
  readonly id: string;
  readonly i: number;
}

const validSlices = (fold: number): Slice[] =>
  train.flatMap((id, i) => ((i % PATIENTS) % 2 === fold ? [{ id, i }] : []));

async function write(path: string, rows: readonly Slice[], error: number, passes = 1) {
  const repeated = Array.from({ length: passes }, (_, pass) => rows.map((row) => ({ ...row, pass }))).flat();
  // The passes lie around the mean that is expected.
  const shift = (pass: number) => (passes === 1 ? 0 : (pass - (passes - 1) / 2) * 0.01);
  await writeTable(path, predictionsTable, {
    ID: repeated.map(({ id }) => id),
    pass: Int8Array.from(repeated, ({ pass }) => pass),
    ...columns('target', () => new Float32Array(repeated.length).fill(NaN)),
    ...columns('output', (l) =>
      Float32Array.from(repeated, ({ i, pass }) => probability(i, l, error) + shift(pass)),
    ),
  });
}

async function predict(model: string, error: number, passes = 1) {
  const testSlices = test.map((id, i) => ({ id, i }));
  for (const fold of [0, 1]) {
    await write(paths.predictions(model, fold, 'valid'), validSlices(fold), error, passes);
    await write(paths.predictions(model, fold, 'test'), testSlices, error, passes);
  }
}

async function allModels() {
  await predict('weak', 0.3);
  await predict('good', 0.1, 3);
  await predict('stacker', 0.05);
}

/** Answers for the studies of a fold: the probability of each label by the study's number. */
async function answer(model: string, fold: number, slices: number, says: (study: number) => number) {
  const studies = Array.from({ length: PATIENTS }, (_, study) => study).filter((study) => study % 2 === fold);
  await writeTable(paths.studyPredictions(model, fold, 'valid'), studyPredictionsTable, {
    firstID: studies.map((study) => train[study]!),
    slices: new Int32Array(studies.length).fill(slices),
    ...columns('target', () => Float32Array.from(studies, (study) => (isPositive(study, 0) ? 1 : 0))),
    ...columns('output', () => Float32Array.from(studies, says)),
  });
}

describe('studies on the leaderboard', () => {
  const makeBoard = async () =>
    (await makeSubmission(paths, config, new RunRecord({ command: 'test' }))).board.models;

  it('are scored by the answers of a model that gives them, otherwise by three neighbouring slices', async () => {
    await allModels();
    for (const fold of [0, 1]) await answer('stacker', fold, 4, (study) => (study < 5 ? 0.9 : 0.6));
    const [weak, , stacker] = await makeBoard();
    // Study s has the slices s, s + 10, s + 20 and s + 30; slice i has a bleed of kind 1 + i % 5 when 3 divides i, so each
    // study has one of `any` and of kind 1 + s % 5 alone. By hand, of the challenge's weights 2, 1, 1, 1, 1, 1 of 7:
    const loss = (p: number) => -(3 * Math.log(p) + 4 * Math.log(1 - p)) / 7;
    expect(stacker?.series?.kind).toBe('answer');
    expect(stacker?.series?.loss).toBeCloseTo((loss(0.9) + loss(0.6)) / 2, 5);
    // Slices s, s + 10, s + 20, s + 30 in order of position, which is 0 for all, then of their names.
    const studyOfWeak = (study: number, label: number) => {
      const p = [0, 1, 2, 3].map((k) => probability(study + 10 * k, label, 0.3));
      return Math.max(
        (p[0]! + p[1]!) / 2,
        (p[0]! + p[1]! + p[2]!) / 3,
        (p[1]! + p[2]! + p[3]!) / 3,
        (p[2]! + p[3]!) / 2,
      );
    };
    let sum = 0;
    for (let study = 0; study < PATIENTS; study++) {
      LABELS.forEach((_, label) => {
        const positive = [0, 1, 2, 3].some((k) => isPositive(study + 10 * k, label));
        const p = studyOfWeak(study, label);
        sum -= ((label === 0 ? 2 : 1) / 7) * Math.log(positive ? p : 1 - p);
      });
    }
    expect(weak?.series).toMatchObject({ kind: 'three-neighbours', loss: expect.closeTo(sum / PATIENTS, 5) });
  });

  it('are not scored by answers for other series', async () => {
    await allModels();
    for (const fold of [0, 1]) await answer('stacker', fold, 3, () => 0.5);
    const { board, notes } = await makeSubmission(paths, config, new RunRecord({ command: 'test' }));
    expect(board.models[2]?.series).toBeNull();
    expect(notes).toContain('stacker answered for other series than those compared here.');
    expect(terminalLeaderboard({ board, test: undefined, final: 'stacker' })).toContain('Studies (10)');
  });
});

describe('the page of the leaderboard', () => {
  it.skipIf(!browserPath)(
    'is accessible and fits a desktop, a phone and paper (needs Chromium)',
    async () => {
      await allModels();
      await makeSubmission(paths, config, new RunRecord({ command: 'test' }));
      const browser = await launchBrowser();
      try {
        expect(await pageFaults(browser, join(paths.outputFolder, 'leaderboard.html'))).toEqual([]);
      } finally {
        await browser.close();
      }
    },
  );
});

describe('makeSubmission', () => {
  it('writes a valid submission and ranks models and levels', async () => {
    await allModels();
    for (const fold of [0, 1])
      await write(paths.predictions('stacker', fold, 'nested'), validSlices(fold), 0.08);
    const {
      board,
      submission,
      notes,
      test: testScores,
    } = await makeSubmission(paths, config, new RunRecord({ command: 'test' }));
    expect(submission).toEqual({ rows: 60, slices: 10, filled: 0, clipped: 0 });
    const line = (await readFile(paths.submission, 'utf8')).split('\n')[1] ?? '';
    expect(line.startsWith(`${test[0]}_any,`)).toBe(true);
    expect(Number(line.split(',')[1])).toBeCloseTo(probability(0, 0, 0.05), 6);

    const loss = Object.fromEntries(board.models.map((model) => [model.name, model.loss]));
    // By the formula, independent of the code under test.
    const expected = (error: number) => {
      let sum = 0;
      train.forEach((_, i) => {
        LABELS.forEach((_label, l) => {
          const p = probability(i, l, error);
          sum -= ((l === 0 ? 2 : 1) / 7) * Math.log(isPositive(i, l) ? p : 1 - p);
        });
      });
      return sum / train.length;
    };
    expect(loss['weak']).toBeCloseTo(expected(0.3), 6);
    // The mean over the passes is the unshifted prediction (float32: 6 digits).
    expect(loss['good']).toBeCloseTo(expected(0.1), 6);
    expect(board.models.map((model) => model.labels[0]?.auc)).toEqual([1, 1, 1]);
    expect(board).toMatchObject({ slices: 40, patients: 10 });
    for (const { loss: value, lossInterval } of board.models) {
      expect(lossInterval[0]).toBeLessThan(value);
      expect(lossInterval[1]).toBeGreaterThan(value);
    }
    expect(board.levels.map(({ best }) => best)).toEqual(['good', 'stacker']);
    expect(board.levels[1]?.overPrevious?.gain).toBeCloseTo(expected(0.1) - expected(0.05), 6);
    expect(board.models[2]?.overMeanOfInputs?.gain).toBeGreaterThan(0);
    expect(board.models.map(({ nestedLoss }) => nestedLoss)).toEqual([
      null,
      null,
      expect.closeTo(expected(0.08), 6),
    ]);
    expect(testScores?.map(({ name }) => name)).toEqual(['weak', 'good', 'stacker']);
    expect(notes).toEqual([
      'Without predictions: absent.',
      'stacker predicted the test set with 2 of 5 folds.',
    ]);
    expect(terminalLeaderboard({ board, test: testScores, final: 'stacker' })).toMatch(/stacker \*/);
    // Ten studies of four slices; each has a bleed, so that there is no area.
    expect(board.series).toBe(10);
    expect(board.models[0]?.series).toMatchObject({ kind: 'three-neighbours', aucAny: NaN });
  });

  it('writes a page that asks no network and a JSON that programs can read', async () => {
    await allModels();
    await writeFile(
      join(paths.model('good'), 'fold0_metrics.jsonl'),
      '{"kind":"epoch","epoch":0,"trainingLoss":0.5,"validationLoss":0.4}\n{"kind":"epo',
    );
    await makeSubmission(paths, config, new RunRecord({ command: 'test' }));
    const html = await readFile(join(paths.outputFolder, 'leaderboard.html'), 'utf8');
    expect(html).not.toMatch(/(src|href)="?https?:/);
    expect(html).toContain('Not a medical device');
    expect(html.match(/<svg/g)).toHaveLength(4);
    const json: unknown = JSON.parse(await readFile(join(paths.outputFolder, 'leaderboard.json'), 'utf8'));
    expect(json).toMatchObject({ format: 'ichor-leaderboard', final: 'stacker', slices: 40 });
  });

  it('is not made by two processes at once', async () => {
    const lock = await acquireLock(paths.outputFolder, { purpose: 'submission' });
    const run = new RunRecord({ command: 'submission' });
    await expect(makeSubmission(paths, config, run)).rejects.toMatchObject({ code: 'files/locked' });
    await lock.release();
  });

  it('says which step is missing', async () => {
    await expect(makeSubmission(paths, config, new RunRecord({ command: 'test' }))).rejects.toMatchObject({
      code: 'submission/no-final-model',
      remedy: expect.stringContaining('npx nx run stacker:train'),
    });
  });

  it('refuses out-of-fold predictions of other slices', async () => {
    await allModels();
    await writeTable(paths.predictions('good', 2, 'valid'), predictionsTable, {
      ID: ['ID_0000000ff'],
      pass: Int8Array.of(0),
      ...columns('target', () => Float32Array.of(0)),
      ...columns('output', () => Float32Array.of(0.5)),
    });
    await expect(makeSubmission(paths, config, new RunRecord({ command: 'test' }))).rejects.toMatchObject({
      code: 'submission/other-data',
    });
  });
});
