import { type BaseModel, trainingSettings } from '@ichor/base-model';
import { differences, hashOf } from '@ichor/experiment';
import { TrainingError } from '../error.js';

/** What weights, history and checkpoint of a run belong to. */
export interface RunIdentity {
  /** Settings that the weights depend on. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly fold: number;
  /** Fingerprint of the slices of training and validation, their targets and their images. */
  readonly data: string;
  /** What training started from: `none`, or the hash of the weights. For the record; settings name the file. */
  readonly start: string;
}

/** What a run is before it is known what it started from. */
export type ExpectedRun = Omit<RunIdentity, 'start'>;

export function expectedRun(model: BaseModel, fold: number, data: string): ExpectedRun {
  return { settings: trainingSettings(model), fold, data };
}

/** Short name of a run for the files made with its weights. */
export function runHash(identity: RunIdentity): string {
  return hashOf(identity);
}

/** @throws TrainingError `training/other-run` with every difference, when `file` belongs to another run */
export function checkIdentity(file: string, found: RunIdentity, expected: ExpectedRun): void {
  const changes = differences(found.settings, expected.settings);
  if (found.fold !== expected.fold) changes.push(`fold: was ${found.fold}, now ${expected.fold}`);
  if (found.data !== expected.data)
    changes.push('the slices, their targets or the content of their images have changed');
  if (changes.length === 0) return;
  throw new TrainingError({
    code: 'training/other-run',
    file,
    reason: `belongs to a run with other settings or data (${changes.join('; ')})`,
    remedy: 'use the settings of that run, or restart with --fresh',
  });
}
