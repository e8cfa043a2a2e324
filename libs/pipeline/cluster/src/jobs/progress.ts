import { readTextFile } from '@ichor/files';
import { lastSteps, paceOf, type FinishedEpoch } from '@ichor/experiment/pace';
import { join } from 'node:path';
import { z } from 'zod';

/** How far a training is. */
export interface Progress {
  /** From 0. */
  readonly epoch: number;
  /** Epochs in all; undefined in metrics of older versions. */
  readonly epochs: number | undefined;
  /** Optimizer steps of this epoch that are done. */
  readonly step: number;
  /** Of each epoch. */
  readonly steps: number;
}

export interface TrainingProgress {
  readonly progress: Progress;
  /** Until the training ends, validations included; undefined where epochs or history are not known. */
  readonly secondsLeft: number | undefined;
}

/**
 * The progress of the training of a fold, from the end of its metrics and its finished epochs.
 *
 * @param folder of the model
 * @returns undefined when it has not begun
 */
export async function trainingProgress(folder: string, fold: number): Promise<TrainingProgress | undefined> {
  const steps = await lastSteps(join(folder, `fold${fold}_metrics.jsonl`));
  const last = steps.at(-1);
  if (last === undefined) return undefined;
  const { epoch, epochs, step } = last;
  const finished = await finishedEpochs(join(folder, `fold${fold}_history.json`));
  return {
    progress: { epoch, epochs, step: step + 1, steps: last.steps },
    secondsLeft: finished === undefined ? undefined : paceOf(steps, finished)?.secondsLeft,
  };
}

/** Optimizer steps that a training has done; undefined when it has not begun. */
export async function stepsDone(folder: string, fold: number): Promise<number | undefined> {
  const progress = (await trainingProgress(folder, fold))?.progress;
  return progress === undefined ? undefined : progress.epoch * progress.steps + progress.step;
}

const historySchema = z.object({ epochs: z.array(z.object({ steps: z.number(), seconds: z.number() })) });

/** None before the first has ended; undefined when the history is damaged, which the training itself reports. */
async function finishedEpochs(path: string): Promise<readonly FinishedEpoch[] | undefined> {
  const text = await readTextFile(path);
  if (text === undefined) return [];
  try {
    return historySchema.parse(JSON.parse(text)).epochs;
  } catch {
    return undefined;
  }
}
