import type { Failure } from '@ichor/files';
import type { ReadOutcome } from './read-outcome.js';

/** What the main thread asks of a worker: read these slices and write them down as one table. */
export interface ChunkTask {
  readonly folder: string;
  readonly ids: readonly string[];
  /** Positive labels of each slice, separated by spaces. */
  readonly labels: readonly string[];
  /** Path of the chunk's table. */
  readonly output: string;
}

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly slices: number }
  /** A chunk is read and will be written; the thread can take the next one. `slices`: not yet told as progress. */
  | { readonly kind: 'read'; readonly slices: number }
  /** A chunk is on disk. */
  | ({ readonly kind: 'chunk'; readonly output: string } & ReadOutcome)
  /** Not the fault of a file: the disk is full, a bug. */
  | { readonly kind: 'failed'; readonly failure: Failure };
