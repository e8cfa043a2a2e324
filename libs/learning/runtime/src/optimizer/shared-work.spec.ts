import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createSharedMemory } from '@ichor/wasm';
import { describe, expect, it } from 'vitest';
import type { Kernels } from './kernels.js';
import { CHUNK, SharedWork, type Loop } from './shared-work.js';

const loop: Loop = { kernel: 'sumOfSquares', addresses: [64], length: 2.5 * CHUNK, factors: [] };

/** Kernels that note their calls. */
function noting(calls: (readonly number[])[]): Kernels {
  const note = (...args: number[]) => calls.push(args);
  return { sumOfSquares: note, adam: note, sgd: note };
}

describe('SharedWork', () => {
  it('covers each loop once, in chunks, and adds their results', () => {
    const work = new SharedWork(loop.length);
    const calls: (readonly number[])[] = [];
    // 1 + 2 + 3 calls so far.
    expect(work.run(noting(calls), loop)).toBe(6);
    expect(calls).toEqual([
      [64, 64 + CHUNK],
      [64 + CHUNK, 64 + 2 * CHUNK],
      [64 + 2 * CHUNK, 64 + 2.5 * CHUNK],
    ]);
    calls.length = 0;
    work.run(noting(calls), { kernel: 'sgd', addresses: [0, 16, 32], length: CHUNK, factors: [0.5, 2] });
    expect(calls).toEqual([[0, 16, 32, CHUNK, 0.5, 2]]);
  });

  it('leaves a late helper nothing of a finished loop', () => {
    const work = new SharedWork(loop.length);
    const calls: (readonly number[])[] = [];
    work.help(noting(calls));
    work.run(noting([]), loop);
    new SharedWork(work.buffer).help(noting(calls));
    expect(calls).toEqual([]);
  });

  it('does not wait for ever for a thread that took a chunk and ended', () => {
    const work = new SharedWork(loop.length);
    const broken = () => {
      throw new Error('the thread ends');
    };
    let own = 0;
    const kernels = noting([]);
    const sumOfSquares = () => {
      own++;
      const ended = () =>
        new SharedWork(work.buffer).help({ sumOfSquares: broken, adam: broken, sgd: broken });
      if (own === 1) expect(ended).toThrow('the thread ends');
      return 0;
    };
    expect(() => work.run({ ...kernels, sumOfSquares }, loop, 1)).toThrow(
      expect.objectContaining({ code: 'runtime/thread' }),
    );
    // The other thread took the second of three.
    expect(own).toBe(2);
  });

  it('is shared with a thread that sleeps between loops and ends when the work is closed', async () => {
    const memory = createSharedMemory(16 * CHUNK);
    new Float32Array(memory.buffer).fill(2);
    const work = new SharedWork(16 * CHUNK);
    const worker = new Worker(new URL('../../dist/optimizer/helper-worker.js', import.meta.url), {
      workerData: { memory, work: work.buffer },
    });
    const ended = once(worker, 'exit');
    await once(worker, 'online');
    // Here a chunk takes 30 ms and gives nothing: what is not zero comes from the thread.
    const slow = new Int32Array(new SharedArrayBuffer(4));
    let own = 0;
    const sumOfSquares = () => {
      own++;
      Atomics.wait(slow, 0, 0, 30);
      return 0;
    };
    const kernels: Kernels = { sumOfSquares, adam: sumOfSquares, sgd: sumOfSquares };
    for (let round = 0; round < 2; round++) {
      own = 0;
      const sum = work.run(kernels, { ...loop, addresses: [0], length: 16 * CHUNK });
      expect(own).toBeLessThan(16);
      expect(sum).toBe(((16 - own) * 4 * CHUNK) / 4);
    }
    work.close();
    expect(await ended).toEqual([0]);
    // Alone, and not waiting for anybody.
    own = 0;
    work.run(kernels, { ...loop, addresses: [0] });
    expect(own).toBe(3);
  });
});
