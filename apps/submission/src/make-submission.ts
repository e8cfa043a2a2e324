import { join } from 'node:path';
import { fingerprintData, type RunRecord } from '@ichor/cli';
import { readLabelCsv, readSampleSubmission, type LabelSet } from '@ichor/dataset';
import type { EnsembleModel } from '@ichor/experiment';
import { acquireLock, IchorError, isThere, taskCommand, writeFileAtomic } from '@ichor/files';
import { PatientBootstrap } from '@ichor/metrics';
import { foldsPresent, readTestMean } from '@ichor/predictions';
import type { Layout } from '@ichor/tables';
import { readLearningCurves } from '@ichor/training-report';
import { collectOutOfFold } from './collect.js';
import type { ScoringConfig } from './config.js';
import { makeLeaderboard, type Leaderboard } from './leaderboard.js';
import { leaderboardPage } from './page.js';
import { checkSubmission, writeSubmission, type SubmissionSummary } from './submission-file.js';
import { constantLoss, testScore, truthColumns, type TestScore } from './test-scores.js';

export interface SubmissionPlan {
  /** Every model of the leaderboard. */
  readonly models: readonly EnsembleModel[];
  /** The one that is submitted. */
  readonly final: string;
  readonly scoring: ScoringConfig;
}

export interface SubmissionResult {
  readonly board: Leaderboard;
  readonly test: readonly TestScore[] | undefined;
  /** Of always answering with the frequency of each label in the test set. */
  readonly testConstantLoss: number | undefined;
  readonly submission: SubmissionSummary;
  /** Warnings about the figures. */
  readonly notes: readonly string[];
}

/**
 * Writes output/submission.csv, leaderboard.json and leaderboard.html.
 *
 * @throws IchorError `submission/...`, `files/locked` when another process writes there
 */
export async function makeSubmission(
  layout: Layout,
  plan: SubmissionPlan,
  run: RunRecord,
): Promise<SubmissionResult> {
  const lock = await acquireLock(layout.outputFolder, { purpose: 'submission' });
  try {
    return await makeFiles(layout, plan, run);
  } finally {
    await lock.release();
  }
}

async function makeFiles(
  layout: Layout,
  { models, final, scoring }: SubmissionPlan,
  run: RunRecord,
): Promise<SubmissionResult> {
  const { clip, bootstrap: draws } = scoring;
  const { submission, folds } = await submit(layout, final, clip, run);
  const outOfFold = await run.time('read out-of-fold predictions', () =>
    collectOutOfFold(layout, { models }),
  );
  const { candidates, targets, seriesTargets, patientOf, patients } = outOfFold;
  const board = await run.time('score', () => {
    const bootstrap = new PatientBootstrap(patientOf, draws.loss, draws.seed);
    return makeLeaderboard(candidates, { targets, seriesTargets, patients, bootstrap, scoring });
  });
  const truth = await testTruth(layout);
  const test = await run.time('score test set', () => scoreTestSet(layout, models, truth, clip));
  const testConstantLoss = truth && constantLoss(truth, clip);
  const notes = [
    ...(outOfFold.absent.length > 0 ? [`Without predictions: ${outOfFold.absent.join(', ')}.`] : []),
    ...(outOfFold.leftOut > 0
      ? [`${outOfFold.leftOut} training slices are left out because not every model predicted them.`]
      : []),
    ...(submission.filled > 0
      ? [`${submission.filled} test slices without a prediction take the smallest one.`]
      : []),
    ...board.models
      .filter(({ series }) => series === null)
      .map(({ name }) => `${name} answered for other series than those compared here.`),
    ...(folds.length < 5 ? [`${final} predicted the test set with ${folds.length} of 5 folds.`] : []),
  ];
  const curves = await readLearningCurves(
    layout,
    board.models.toSorted((a, b) => a.loss - b.loss),
  );
  const html = leaderboardPage({ board, candidates, targets, curves, test, final, notes });
  await writeFileAtomic(join(layout.outputFolder, 'leaderboard.html'), html);
  const result: SubmissionResult = { board, test, testConstantLoss, submission, notes };
  await writeFileAtomic(join(layout.outputFolder, 'leaderboard.json'), leaderboardJson(final, result));
  run.setData(
    await fingerprintData({ files: [layout.input.sampleSubmission], folders: [layout.input.testImages] }),
  );
  run.result('submission', submission);
  return result;
}

/** Writes the predictions of the final model for the test set. @throws IchorError `submission/no-final-model` */
async function submit(layout: Layout, final: string, clip: number, run: RunRecord) {
  const folds = foldsPresent(layout, final, 'test');
  if (folds.length === 0) {
    throw new IchorError({
      code: 'submission/no-final-model',
      file: layout.model(final),
      reason: `${final} has no predictions of the test set`,
      remedy: `run ${taskCommand({ project: final, target: 'train' })} first, or submit another model with --final NAME`,
    });
  }
  const sample = await readSampleSubmission(layout.input.sampleSubmission);
  const predictions = await run.time('read test predictions', () => readTestMean(layout, final, folds));
  const submission = await run.time('write submission', async () => {
    const summary = await writeSubmission(layout.submission, sample, predictions, clip);
    await checkSubmission(layout.submission, sample);
    return summary;
  });
  return { submission, folds };
}

function leaderboardJson(
  final: string,
  { board, test, testConstantLoss, submission, notes }: SubmissionResult,
): string {
  const json = {
    format: 'ichor-leaderboard',
    version: 1,
    final,
    ...board,
    test: test ?? null,
    testConstantLoss: testConstantLoss ?? null,
    submission,
    notes,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}

/** The labels of the test set; undefined when they are unknown. */
async function testTruth(layout: Layout): Promise<LabelSet | undefined> {
  const file = join(layout.root, 'truth', 'stage_2_test.csv');
  return (await isThere(file)) ? readLabelCsv(file) : undefined;
}

async function scoreTestSet(
  layout: Layout,
  models: readonly EnsembleModel[],
  truth: LabelSet | undefined,
  clip: number,
): Promise<TestScore[] | undefined> {
  if (truth === undefined) return undefined;
  const targets = truthColumns(truth);
  const scores: TestScore[] = [];
  for (const { name } of models) {
    const folds = foldsPresent(layout, name, 'test');
    if (folds.length === 0) continue;
    scores.push(testScore(name, await readTestMean(layout, name, folds), truth, targets, clip));
  }
  return scores;
}
