import type { Bundle } from '@ichor/bundle';
import type { CommandContext, Progress } from '@ichor/cli';
import { present } from '@ichor/files';
import type { Intake, StudyPlan } from '@ichor/intake';
import {
  fingerprintInputs,
  type FailedStudy,
  type ResultWriter,
  type StudyPredictor,
  type WrittenStudy,
} from '@ichor/predict';
import { failureOf } from './predict-failure.js';
import type { StudySummary } from './predict-outcome.js';

interface PredictionRun {
  readonly bundle: Bundle;
  readonly intake: Intake;
  readonly writer: ResultWriter;
  readonly predictor: StudyPredictor;
  /** Slices of each network. */
  readonly progress: Progress;
}

export interface PredictedStudies {
  readonly studies: readonly StudySummary[];
  /** Studies that cannot be read, and studies that could not be predicted. */
  readonly failed: readonly FailedStudy[];
}

/**
 * Predicts and writes the studies in their order. A study is written while the next one is predicted: the networks run in other
 * threads. One that fails does not stop the others; a stop does, after the study that is being written.
 */
export async function predictStudies(
  run: PredictionRun,
  { signal, terminal }: Pick<CommandContext, 'signal' | 'terminal'>,
): Promise<PredictedStudies> {
  const studies: StudySummary[] = [];
  const failed: FailedStudy[] = run.intake.unfit.map((one) => ({
    ...one,
    brief: 'none of its series can be read',
  }));
  let writing = Promise.resolve();
  for (const plan of run.intake.studies) {
    if (signal.aborted) break;
    const fail = (cause: unknown): void => {
      // Stopped in the middle: the next run begins this study again.
      if (!signal.aborted) failed.push(failureOf(cause, plan.studyInstanceUid, terminal));
    };
    try {
      const started = performance.now();
      // Only a study whose turn it is to be written can be kept.
      if (run.writer.canKeep) await writing;
      const kept = await keep(run, plan, signal);
      const prediction = kept ? undefined : await run.predictor.predict(plan, signal);
      await writing;
      writing = (async () => {
        const written = kept ?? (await run.writer.add(present(prediction)));
        studies.push(summaryOf(run, plan, written, { kept: kept !== undefined, started }));
      })().catch(fail);
    } catch (cause) {
      await writing;
      fail(cause);
    }
  }
  await writing;
  return { studies, failed };
}

/** The results of an earlier run for the same files, if there are any. */
async function keep(
  { bundle: { manifest }, writer, progress }: PredictionRun,
  plan: StudyPlan,
  signal: AbortSignal,
): Promise<WrittenStudy | undefined> {
  if (!writer.canKeep) return undefined;
  const kept = await writer.keep(await fingerprintInputs(plan, signal));
  if (kept) progress.advance(plan.slices.length * manifest.networks.length);
  return kept;
}

function summaryOf(
  { bundle: { manifest } }: PredictionRun,
  plan: StudyPlan,
  { folder, above, record }: WrittenStudy,
  { kept, started }: { readonly kept: boolean; readonly started: number },
): StudySummary {
  return {
    studyInstanceUid: plan.studyInstanceUid,
    folder,
    slices: record.slices.length,
    seconds: Number(((performance.now() - started) / 1000).toFixed(3)),
    kept,
    headline: record.headline.text,
    calibrated: manifest.labels.map((label) => Reflect.get(record.calibrated, label) as number),
    aboveThreshold: above,
    series: plan.series,
    otherSeries: plan.otherSeries,
    warnings: record.warnings,
  };
}
