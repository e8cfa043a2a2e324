import { type InputRecipe, Preparer, type SampleRequest } from '@ichor/base-model';
import { bundled } from '@ichor/files/bundled';
import { Worker } from 'node:worker_threads';
import { messageOf, present } from '@ichor/files';
import { TrainingError } from '../error.js';
import type { WorkerReply, WorkerSetup, WorkerTask } from './messages.js';
import { openCache, type ThreadCache } from './plane-cache.js';

/** The cache of slices of a pool. */
export interface PoolCache {
  /** Of each thread. */
  readonly cache: ThreadCache;
  /** Called once at most, when a thread can keep no more slices. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Makes samples in memory that it shares with the caller. */
export interface SamplePool {
  readonly slots: readonly Float32Array[];
  /** Resolves to undefined, or to the reason why the sample could not be made. */
  make(slot: number, start: number, request: SampleRequest): Promise<string | undefined>;
  close(): Promise<void>;
}

/**
 * @param workers threads; 0 makes the samples in the calling thread, when requested
 * @param slots how many pieces of memory of `slotSize` float32 values
 * @param cached without it every slice is read each time
 */
export function createPool(
  recipe: InputRecipe,
  workers: number,
  slots: number,
  slotSize: number,
  cached?: PoolCache,
): SamplePool {
  return workers === 0
    ? new InlinePool(recipe, slots, slotSize, cached)
    : new ThreadPool(recipe, workers, slots, slotSize, cached);
}

class InlinePool implements SamplePool {
  readonly slots: readonly Float32Array[];
  readonly #preparer: Preparer;
  #last: Promise<unknown> = Promise.resolve();

  constructor(recipe: InputRecipe, slots: number, slotSize: number, cached?: PoolCache) {
    this.slots = Array.from({ length: slots }, () => new Float32Array(slotSize));
    this.#preparer = new Preparer(recipe, cached && openCache(cached.cache, recipe, cached.warn));
  }

  make(slot: number, start: number, request: SampleRequest): Promise<string | undefined> {
    const made = this.#last.then(async () => {
      try {
        await this.#preparer.prepare(request, present(this.slots[slot]), start);
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    });
    this.#last = made;
    return made;
  }

  async close(): Promise<void> {
    await this.#last;
  }
}

/** Tasks that a thread has at once: while one is made, the next already waits for it. */
const tasksPerWorker = 2;

interface Pending extends WorkerTask {
  readonly resolve: (failure: string | undefined) => void;
  readonly reject: (error: Error) => void;
}

class ThreadPool implements SamplePool {
  readonly slots: readonly Float32Array[];
  readonly #workers: { readonly worker: Worker; readonly pending: Map<number, Pending> }[];
  readonly #queue: Pending[] = [];
  #tasks = 0;
  #warn: PoolCache['warn'];
  #failure: Error | undefined;
  #closing = false;

  constructor(recipe: InputRecipe, workers: number, slots: number, slotSize: number, cached?: PoolCache) {
    const buffers = Array.from({ length: slots }, () => new SharedArrayBuffer(slotSize * 4));
    this.slots = buffers.map((buffer) => new Float32Array(buffer));
    this.#warn = cached?.warn;
    const setup: WorkerSetup = { recipe, cache: cached?.cache, slots: buffers };
    this.#workers = Array.from({ length: workers }, () => this.#start(setup));
  }

  make(slot: number, start: number, request: SampleRequest): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#queue.push({ task: this.#tasks++, slot, start, request, resolve, reject });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }

  #start(setup: WorkerSetup): { worker: Worker; pending: Map<number, Pending> } {
    // Compiled code, also when this file runs from src.
    const worker = new Worker(bundled(new URL('../../dist/input/worker.js', import.meta.url)), {
      workerData: setup,
    });
    const pending = new Map<number, Pending>();
    worker.on('message', ({ task, failure, warning }: WorkerReply) => {
      // The threads share one disk: the first of them speaks for all.
      if (warning !== undefined) {
        this.#warn?.(warning);
        this.#warn = undefined;
      }
      pending.get(task)?.resolve(failure);
      pending.delete(task);
      this.#dispatch();
    });
    worker.on('error', (error) => this.#fail(pending, error));
    worker.on('exit', (code) => {
      if (!this.#closing) this.#fail(pending, new Error(`the thread ended with code ${code}`));
    });
    return { worker, pending };
  }

  #dispatch(): void {
    for (const { worker, pending } of this.#workers) {
      while (pending.size < tasksPerWorker) {
        const next = this.#queue.shift();
        if (next === undefined) return;
        pending.set(next.task, next);
        const { task, slot, start, request } = next;
        worker.postMessage({ task, slot, start, request } satisfies WorkerTask);
      }
    }
  }

  /** When a thread dies, the run ends: the slice that it was reading may be the cause. */
  #fail(pending: ReadonlyMap<number, Pending>, cause: Error): void {
    const suspects = [...pending.values()].map(({ request }) => request.id).join(', ');
    this.#failure ??= new TrainingError({
      code: 'training/worker',
      reason: `a thread that reads slices failed at ${suspects || 'no slice'}: ${cause.message}`,
      remedy: 'run the same command again; if it fails at the same slice, remove the slice from the folds',
      cause,
    });
    const failure = this.#failure;
    for (const { pending: all } of this.#workers) {
      for (const { reject } of all.values()) reject(failure);
      all.clear();
    }
    for (const { reject } of this.#queue.splice(0)) reject(failure);
  }
}
