import { setFlagsFromString } from 'node:v8';
import type { ChunkTask } from './messages.js';
import { Reader, type ReaderEvents } from './reader.js';

/**
 * Settings of V8 for the threads, which optimize and collect garbage each for itself, on the cores that they need for reading. Measured
 * with V8 11, of Node 20; not used with others.
 */
const flags = {
  /**
   * How much of a function must run before V8 optimizes it: four times as much as usual. Loops over pixels are optimized at once in any
   * case. With 4,000 slices and two threads this saves a sixth of the processor time.
   */
  always: ['--interrupt-budget=264000'],
  /** With several threads no core is free to help with the young objects, and the thread would wait for its helpers. */
  several: ['--no-parallel-scavenge'],
};

/** Threads that read chunks. They stay from one set to the next. */
export class ReaderPool {
  readonly #most: number;
  readonly #readers: Reader[] = [];

  /** @param most maximum number of threads */
  constructor(most: number) {
    this.#most = most;
  }

  /** Starts threads until there are `count`. */
  grow(count: number): void {
    if (process.versions.v8.startsWith('11.'))
      for (const flag of [...flags.always, ...(this.#most > 1 ? flags.several : [])])
        setFlagsFromString(flag);
    while (this.#readers.length < Math.min(count, this.#most)) this.#readers.push(new Reader());
  }

  /**
   * Reads chunks, each thread taking the next one when it is done.
   *
   * @param tasks are made one by one as they are taken
   * @param signal stops between chunks
   * @throws whatever a thread or `onChunk` threw, or the reason of the signal; the chunks finished so far are on disk.
   */
  async read(tasks: Iterable<ChunkTask>, signal: AbortSignal, events: ReaderEvents): Promise<void> {
    const queue = tasks[Symbol.iterator]();
    let failed = false;
    const drain = async (reader: Reader) => {
      try {
        try {
          while (!failed) {
            signal.throwIfAborted();
            const next = queue.next();
            if (next.done === true) break;
            await reader.read(next.value, events);
          }
        } finally {
          await reader.written();
        }
      } catch (error) {
        failed = true;
        throw error;
      }
    };
    const results = await Promise.allSettled(this.#readers.map(drain));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }
}
