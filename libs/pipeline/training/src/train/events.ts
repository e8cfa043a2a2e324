import type { RunEvents } from '@ichor/experiment';
import type { Unreadable } from '../input/batches.js';
import type { EpochRecord } from './history.js';
import type { WorstSlice } from './worst-slices.js';

export interface StepRecord {
  readonly epoch: number;
  /** Of the epoch, from 0. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly gradientNorm: number;
  readonly samples: number;
  /** Milliseconds that the engine waited for the batch. */
  readonly waited: number;
  /** Milliseconds of the step itself. */
  readonly took: number;
}

/** The events of training, to show or record them. A returned promise is awaited. */
export interface TrainingEvents extends RunEvents {
  /** A phase with `slices` of work begins, `done` of them already. */
  phase?(name: 'train' | 'validate', epoch: number, slices: number, done: number): void;
  step?(record: StepRecord): void | Promise<void>;
  /** So many more slices of a validation or prediction are done. */
  evaluated?(slices: number): void;
  /** @param worst validated slices, the worst first */
  epoch?(record: EpochRecord, worst: readonly WorstSlice[]): void | Promise<void>;
  unreadable?(slice: Unreadable): void;
  checkpoint?(epoch: number, step: number): void;
  /** The run begins or resumes here: later steps of an earlier run are repeated. `steps` are those of an epoch. */
  resumed?(epoch: number, step: number, steps: number): void | Promise<void>;
}
