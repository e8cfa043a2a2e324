import type { RunEvents } from '@ichor/experiment';
import type { Unreadable } from '../input/batches.js';
import type { EpochRecord } from './history.js';

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

/** What happens during training, for whoever shows or records it. What returns a promise is waited for. */
export interface TrainingEvents extends RunEvents {
  /** A phase with `slices` of work begins, `done` of them already. */
  phase?(name: 'train' | 'validate', epoch: number, slices: number, done: number): void;
  step?(record: StepRecord): void | Promise<void>;
  /** So many more slices of a validation or prediction are done. */
  evaluated?(slices: number): void;
  epoch?(record: EpochRecord): void | Promise<void>;
  unreadable?(slice: Unreadable): void;
  checkpoint?(epoch: number, step: number): void;
  /** The run goes on from here: later steps of an earlier run are taken again. */
  resumed?(epoch: number, step: number): void | Promise<void>;
}
