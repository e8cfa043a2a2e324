import { Worker } from 'node:worker_threads';
import type { SharedKernelMemory } from '@ichor/wasm';
import { instantiateKernels, instantiateSharedKernels, type Kernels } from './kernels.js';
import type { ParameterMemory } from './memory.js';
import { SharedWork, type Loop } from './shared-work.js';

/** What a helping thread gets. */
export interface HelperData {
  readonly memory: SharedKernelMemory;
  readonly work: SharedArrayBuffer;
}

/** Runs the optimizer's loops over a memory, on several threads where the memory allows it. */
export class OptimizerThreads {
  readonly #kernels: Kernels;
  readonly #work: SharedWork;

  constructor(parameters: ParameterMemory) {
    const { memory, threads } = parameters;
    const { start, end } = parameters.range('parameters');
    this.#work = new SharedWork(end - start);
    if ('own' in memory) {
      this.#kernels = instantiateKernels(memory.own);
      return;
    }
    this.#kernels = instantiateSharedKernels(memory.shared);
    const workerData: HelperData = { memory: memory.shared, work: this.#work.buffer };
    // Compiled code, also when this file runs from src.
    const url = new URL('../../dist/optimizer/helper-worker.js', import.meta.url);
    for (let helper = 1; helper < threads; helper++) {
      const worker = new Worker(url, { workerData });
      // Without help the loops run here.
      worker.on('error', () => undefined);
      worker.unref();
    }
  }

  /** @returns the sum of what the parts of the loop returned; the same for every number of threads */
  run(loop: Loop): number {
    return this.#work.run(this.#kernels, loop);
  }

  /** Ends the threads. */
  close(): void {
    this.#work.close();
  }
}
