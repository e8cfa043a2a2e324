import type { BaseModel } from '@ichor/base-model';
import { readJsonFile, writeJsonFile } from '@ichor/experiment';
import { z } from 'zod';
import type { RunIdentity } from './run-state.js';

const scoresSchema = z.object({
  logLoss: z.array(z.number()),
  weightedLogLoss: z.number(),
  auc: z.array(z.number().nullable()),
  macroAuc: z.number().nullable(),
  microAuc: z.number().nullable(),
});

const epochSchema = z.object({
  epoch: z.number(),
  steps: z.number(),
  /** Mean over the samples, in training mode. */
  trainingLoss: z.number(),
  /** The training's loss function on the hard targets of the validation fold. */
  validationLoss: z.number(),
  scores: scoresSchema,
  /** Slices that could not be read in training or validation. */
  unreadable: z.array(z.string()),
  /** Of this run's part of the epoch. */
  seconds: z.number(),
  /** Share of the training time in which the engine had no data. */
  waitShare: z.number(),
  /** The state of its weights; default: they exist. */
  weights: z.literal('removed').exactOptional(),
});

export type EpochRecord = z.infer<typeof epochSchema>;

/** The finished epochs of one fold. */
export interface History {
  readonly identity: RunIdentity;
  readonly epochs: readonly EpochRecord[];
}

const historySchema = z.object({
  format: z.literal('ichor-history'),
  version: z.literal(1),
  identity: z.object({
    settings: z.record(z.string(), z.unknown()),
    fold: z.number(),
    data: z.string(),
    start: z.string(),
  }),
  epochs: z.array(epochSchema),
});

export async function writeHistory(path: string, { identity, epochs }: History): Promise<void> {
  await writeJsonFile(path, { format: 'ichor-history', version: 1, identity, epochs });
}

/**
 * @returns undefined when there is none
 * @throws ExperimentError `experiment/damaged`
 */
export async function readHistory(path: string): Promise<History | undefined> {
  const found = await readJsonFile(path, historySchema, 'history of a training');
  return found === undefined ? undefined : { identity: found.identity, epochs: found.epochs };
}

/** Whether all epochs are trained, or so many as `patience` allows. */
export function isFinished(
  epochs: readonly EpochRecord[],
  model: Pick<BaseModel, 'epochs' | 'patience'>,
): boolean {
  if (epochs.length >= model.epochs) return true;
  const best = bestEpoch({ epochs });
  const last = epochs.at(-1);
  if (model.patience === undefined || best === undefined || last === undefined) return false;
  return last.epoch - best.epoch >= model.patience;
}

/**
 * Marks the epochs whose weights are not kept. What was removed before stays removed; of equal losses the first is kept.
 */
export function withRemovedWeights(
  epochs: readonly EpochRecord[],
  { keepSnapshots, snapshot }: Pick<BaseModel, 'keepSnapshots' | 'snapshot'>,
): EpochRecord[] {
  if (keepSnapshots === undefined) return [...epochs];
  const best = epochs
    .filter(({ weights }) => weights !== 'removed')
    .sort((a, b) => a.validationLoss - b.validationLoss || a.epoch - b.epoch)
    .slice(0, keepSnapshots);
  const named = snapshot === 'last' ? epochs.at(-1)?.epoch : snapshot;
  return epochs.map((epoch) =>
    best.includes(epoch) || epoch.epoch === named ? epoch : { ...epoch, weights: 'removed' },
  );
}

/** The epoch of the lowest validation loss; the first of several. */
export function bestEpoch({ epochs }: Pick<History, 'epochs'>): EpochRecord | undefined {
  return epochs.reduce<EpochRecord | undefined>(
    (best, epoch) => (best === undefined || epoch.validationLoss < best.validationLoss ? epoch : best),
    undefined,
  );
}
