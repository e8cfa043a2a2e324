import type { InputRecipe, SampleRequest } from '@ichor/base-model';
import type { ThreadCache } from './plane-cache.js';

/** What a thread is started with. */
export interface WorkerSetup {
  readonly recipe: InputRecipe;
  readonly cache: ThreadCache | undefined;
  /** One for each batch that may be under way. */
  readonly slots: readonly SharedArrayBuffer[];
}

export interface WorkerTask {
  readonly task: number;
  readonly slot: number;
  /** First float32 of the sample in the slot. */
  readonly start: number;
  readonly request: SampleRequest;
}

export interface WorkerReply {
  readonly task: number;
  /** Why the sample could not be made; undefined when it is there. */
  readonly failure: string | undefined;
  /** Why the cache of the thread keeps no more slices; in the reply that follows, and no other. */
  readonly warning?: string | undefined;
}
