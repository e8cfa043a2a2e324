import { Worker } from 'node:worker_threads';
import { errorOf } from '@ichor/files';
import { bundled } from '@ichor/files/bundled';
import type { ChunkTask, WorkerMessage } from './messages.js';
import type { ReadOutcome } from './read-outcome.js';

/** What a reader tells while it works. */
export interface ReaderEvents {
  /** Slices read, in small steps. */
  readonly onProgress: (slices: number) => void;
  /** A chunk is on disk. May throw to stop the run. */
  readonly onChunk: (output: string, outcome: ReadOutcome) => void;
}

interface Job extends ReaderEvents {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** A thread that reads one chunk at a time. Its modules load while the main thread continues. */
export class Reader {
  // Works from src (tests) as from dist.
  readonly #worker = new Worker(bundled(new URL('../dist/worker.js', import.meta.url)));
  #job: Job | undefined;
  #end: { readonly reason: unknown } | undefined;

  constructor() {
    this.#worker
      .on('message', (message: WorkerMessage) => this.#receive(message))
      .on('error', (reason) => this.#ended(reason))
      .on('exit', (code) => this.#ended(new Error(`a reading thread ended with code ${code}`)));
  }

  /** @throws whatever the thread or `onChunk` threw */
  read(task: ChunkTask, events: ReaderEvents): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end.reason);
        return;
      }
      this.#job = { ...events, resolve, reject };
      this.#worker.postMessage(task);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: WorkerMessage): void {
    const job = this.#job;
    if (message.kind === 'progress') {
      job?.onProgress(message.slices);
      return;
    }
    this.#job = undefined;
    if (message.kind === 'failed') {
      job?.reject(errorOf(message.failure));
      return;
    }
    try {
      job?.onChunk(message.output, message);
      job?.resolve();
    } catch (error) {
      job?.reject(error);
    }
  }

  /** The first reason counts: an exit follows an error. */
  #ended(reason: unknown): void {
    this.#end ??= { reason };
    this.#job?.reject(this.#end.reason);
    this.#job = undefined;
  }
}
