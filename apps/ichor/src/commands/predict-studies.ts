import type { Bundle } from '@ichor/bundle';
import type { CommandContext, Progress } from '@ichor/cli';
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

/** Predicts and writes one study after the other. One that fails does not stop the others; a stop does. */
export async function predictStudies(
  run: PredictionRun,
  { signal, terminal }: Pick<CommandContext, 'signal' | 'terminal'>,
): Promise<PredictedStudies> {
  const studies: StudySummary[] = [];
  const failed: FailedStudy[] = run.intake.unfit.map((one) => ({
    ...one,
    brief: 'none of its series can be read',
  }));
  for (const plan of run.intake.studies) {
    if (signal.aborted) break;
    try {
      studies.push(await predictStudy(run, plan, signal));
    } catch (cause) {
      // Stopped in the middle: the next run begins this study again.
      if (signal.aborted) break;
      failed.push(failureOf(cause, plan.studyInstanceUid, terminal));
    }
  }
  return { studies, failed };
}

/** Keeps the results of an earlier run for the same files, else predicts. */
async function predictStudy(
  { bundle: { manifest }, writer, predictor, progress }: PredictionRun,
  plan: StudyPlan,
  signal: AbortSignal,
): Promise<StudySummary> {
  const started = performance.now();
  const kept = writer.canKeep ? await writer.keep(await fingerprintInputs(plan, signal)) : undefined;
  if (kept) progress.advance(plan.slices.length * manifest.networks.length);
  const written: WrittenStudy = kept ?? (await writer.add(await predictor.predict(plan, signal)));
  const { folder, above, record } = written;
  return {
    studyInstanceUid: plan.studyInstanceUid,
    folder,
    slices: record.slices.length,
    seconds: Number(((performance.now() - started) / 1000).toFixed(3)),
    kept: kept !== undefined,
    headline: record.headline.text,
    calibrated: manifest.labels.map((label) => Reflect.get(record.calibrated, label) as number),
    aboveThreshold: above,
    series: plan.series,
    otherSeries: plan.otherSeries,
    warnings: record.warnings,
  };
}
