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

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A thread that reads one chunk at a time, and writes it down while it reads the next one. Its modules load while the main
 * thread continues.
 */
export class Reader {
  // Works from src (tests) as from dist.
  readonly #worker = new Worker(bundled(new URL('../dist/worker.js', import.meta.url)));
  #events: ReaderEvents | undefined;
  #reading: Waiting | undefined;
  /** Chunks that are not on disk yet. */
  #unwritten = 0;
  #writing: Waiting | undefined;
  #end: { readonly reason: unknown } | undefined;

  constructor() {
    this.#worker
      .on('message', (message: WorkerMessage) => this.#receive(message))
      .on('error', (reason) => this.#ended(reason))
      .on('exit', (code) => this.#ended(new Error(`a reading thread ended with code ${code}`)));
  }

  /**
   * Reads a chunk; `written` tells when it is on disk.
   *
   * @throws whatever the thread or `onChunk` threw, for this chunk or the one before
   */
  read(task: ChunkTask, events: ReaderEvents): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) {
        reject(this.#end.reason);
        return;
      }
      this.#events = events;
      this.#reading = { resolve, reject };
      this.#unwritten++;
      this.#worker.postMessage(task);
    });
  }

  /**
   * Waits until all chunks that were read are on disk.
   *
   * @throws as `read`
   */
  written(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#end !== undefined) reject(this.#end.reason);
      else if (this.#unwritten === 0) resolve();
      else this.#writing = { resolve, reject };
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(message: WorkerMessage): void {
    switch (message.kind) {
      case 'failed':
        this.#ended(errorOf(message.failure));
        return;
      case 'progress':
        this.#events?.onProgress(message.slices);
        return;
      case 'read':
        this.#events?.onProgress(message.slices);
        this.#reading?.resolve();
        this.#reading = undefined;
        return;
      case 'chunk':
        this.#unwritten--;
        try {
          this.#events?.onChunk(message.output, message);
        } catch (error) {
          this.#ended(error);
        }
        if (this.#unwritten === 0) this.#writing?.resolve();
    }
  }

  /** The first reason counts: an exit follows an error. */
  #ended(reason: unknown): void {
    this.#end ??= { reason };
    this.#reading?.reject(this.#end.reason);
    this.#reading = undefined;
    this.#writing?.reject(this.#end.reason);
    this.#writing = undefined;
  }
}
