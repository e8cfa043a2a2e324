import { present } from '@ichor/files/present';
import { EngineError } from '../error.js';
import type { Kernels } from './kernels.js';

/** Bytes of each array that one chunk covers. */
export const CHUNK = 2 ** 19;

/** One loop over whole sections of a memory. */
export interface Loop {
  readonly kernel: keyof Kernels;
  /** Where each array starts, in bytes. */
  readonly addresses: readonly number[];
  /** Bytes of each array. */
  readonly length: number;
  readonly factors: readonly number[];
}

const KERNELS = ['sumOfSquares', 'adam', 'sgd'] as const;

// Places in the counters.
const [NEXT, END, FINISHED, BELL, CLOSED] = [0, 1, 2, 3, 4];
const COUNTERS = 5;

/**
 * So many seconds without a finished chunk mean that a thread ended in the middle of one; a chunk takes less than a millisecond. They are
 * counted one by one: a process that was stopped and goes on has lost one of them, and not its patience.
 */
const PATIENCE = 60;

/** Numbers that describe a loop: its kernel, its first chunk, its length; then the addresses and the factors, each after their count. */
const DESCRIPTION = 32;

/**
 * Loops in chunks that threads take one after the other, so that nobody waits for a thread that is not there. Chunks have numbers that
 * never come again: a late thread finds none of its loop left, and takes none of the next before it has read what to do.
 */
export class SharedWork {
  /** For `workerData`. */
  readonly buffer: SharedArrayBuffer;
  readonly #counters: BigInt64Array<SharedArrayBuffer>;
  readonly #description: Float64Array<SharedArrayBuffer>;
  /** What each chunk returned. */
  readonly #results: Float64Array<SharedArrayBuffer>;

  /** @param of bytes of the longest array, or the buffer of the work that another thread has made */
  constructor(of: number | SharedArrayBuffer) {
    this.buffer =
      typeof of === 'number'
        ? new SharedArrayBuffer(8 * (COUNTERS + DESCRIPTION + Math.ceil(of / CHUNK)))
        : of;
    this.#counters = new BigInt64Array(this.buffer, 0, COUNTERS);
    this.#description = new Float64Array(this.buffer, 8 * COUNTERS, DESCRIPTION);
    this.#results = new Float64Array(this.buffer, 8 * (COUNTERS + DESCRIPTION));
  }

  /**
   * Runs a loop, with the help of the threads that are awake.
   *
   * @param patience seconds without progress after which it gives up
   * @returns the sum of what the chunks returned, added in their order
   * @throws EngineError `runtime/thread` when a thread took a chunk and does not finish it
   */
  run(kernels: Kernels, { kernel, addresses, length, factors }: Loop, patience = PATIENCE): number {
    const chunks = Math.ceil(length / CHUNK);
    const first = Atomics.load(this.#counters, END);
    const end = first + BigInt(chunks);
    const numbers = [addresses.length, ...addresses, factors.length, ...factors];
    this.#description.set([KERNELS.indexOf(kernel), Number(first), length, ...numbers]);
    // From here on threads may take chunks.
    Atomics.store(this.#counters, END, end);
    this.#ring();
    this.help(kernels);
    this.#waitFor(end, patience);
    return this.#results.subarray(0, chunks).reduce((sum, value) => sum + value, 0);
  }

  #waitFor(end: bigint, patience: number): void {
    let left = patience;
    for (;;) {
      const finished = Atomics.load(this.#counters, FINISHED);
      if (finished === end) return;
      if (Atomics.wait(this.#counters, FINISHED, finished, 1000) !== 'timed-out') left = patience;
      else if (--left <= 0) {
        throw new EngineError({
          code: 'runtime/thread',
          reason: `a thread of the optimizer has not finished its part for ${patience} s`,
          remedy: 'continue from the last snapshot; with --threads 1 the optimizer needs no other thread',
        });
      }
    }
  }

  /** Takes chunks of the present loop until none is left. */
  help(kernels: Kernels): void {
    const end = Atomics.load(this.#counters, END);
    const { kernel, first, length, addresses, factors } = this.#described();
    const call = kernels[kernel] as (...args: number[]) => number | undefined;
    for (let chunk = this.#take(end); chunk !== undefined; chunk = this.#take(end)) {
      const index = Number(chunk) - first;
      const from = index * CHUNK;
      const bytes = Math.min(CHUNK, length - from);
      const [start = 0] = addresses;
      const result = call(...addresses.map((address) => address + from), start + from + bytes, ...factors);
      this.#results[index] = result ?? 0;
      Atomics.add(this.#counters, FINISHED, 1n);
      Atomics.notify(this.#counters, FINISHED);
    }
  }

  /** Helps with every loop until the work is closed; for a thread of its own. */
  helpUntilClosed(kernels: Kernels): void {
    for (;;) {
      const bell = Atomics.load(this.#counters, BELL);
      if (Atomics.load(this.#counters, CLOSED) !== 0n) return;
      this.help(kernels);
      // Returns at once if it has rung since.
      Atomics.wait(this.#counters, BELL, bell);
    }
  }

  /** Ends {@link helpUntilClosed} everywhere; a loop after it gets no help. */
  close(): void {
    Atomics.store(this.#counters, CLOSED, 1n);
    this.#ring();
  }

  /** Wakes the threads that help. */
  #ring(): void {
    Atomics.add(this.#counters, BELL, 1n);
    Atomics.notify(this.#counters, BELL);
  }

  #take(end: bigint): bigint | undefined {
    for (;;) {
      const next = Atomics.load(this.#counters, NEXT);
      if (next >= end) return undefined;
      if (Atomics.compareExchange(this.#counters, NEXT, next, next + 1n) === next) return next;
    }
  }

  #described(): Loop & { readonly first: number } {
    const [kernel = 0, first = 0, length = 0, count = 0, ...rest] = this.#description;
    const [factors = 0] = rest.slice(count);
    return {
      kernel: present(KERNELS[kernel]),
      first,
      length,
      addresses: rest.slice(0, count),
      factors: rest.slice(count + 1, count + 1 + factors),
    };
  }
}
