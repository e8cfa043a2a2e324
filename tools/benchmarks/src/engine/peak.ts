import { networkCost, type Network, type Shape } from '@ichor/nn';
import type { Contest } from './duel.js';
import { EngineProcess } from './engine-process.js';
import { benchmarkNetwork } from './network-session.js';
import { BATCH, type Mode } from './protocol.js';

/** What a library reached in float32 with an operation that keeps all threads multiplying. */
export interface Peak {
  /** For example `PyTorch, convolution`. */
  readonly name: string;
  /** Multiplications and additions a second, counted apart, in 10^9. */
  readonly gigaflops: number;
}

/** Each library's large matrix product and large convolution, one process at a time; the fastest of some runs. */
export async function measurePeaks(threads: number): Promise<Peak[]> {
  // Not both at once: Python would still load its libraries while the other side is measured.
  const own = await peaksOf('onnxruntime', EngineProcess.ichor(), threads);
  return [...own, ...(await peaksOf('PyTorch', EngineProcess.peer(), threads))];
}

async function peaksOf(library: string, side: EngineProcess, threads: number): Promise<Peak[]> {
  try {
    const { gigaflops = {} } = await side.ask({ command: 'peak', threads });
    return Object.entries(gigaflops).map(([operation, speed]) => ({
      name: `${library}, ${operation}`,
      gigaflops: speed,
    }));
  } finally {
    await side.close();
  }
}

/** Of several measurements the best of each, the best of all first: another program only takes speed away. */
export function bestPeaks(peaks: readonly Peak[]): Peak[] {
  const best = new Map<string, number>();
  for (const { name, gigaflops } of peaks) best.set(name, Math.max(gigaflops, best.get(name) ?? 0));
  return [...best]
    .map(([name, gigaflops]) => ({ name, gigaflops }))
    .sort((a, b) => b.gigaflops - a.gigaflops);
}

/** Of a contest: `runOperations` of its network with six classes and the batch of the benchmark. */
export function operationsOf({ id, mode, size }: Pick<Contest, 'id' | 'mode' | 'size'>): number {
  return runOperations(benchmarkNetwork(id), [BATCH, 3, size, size], mode);
}

/**
 * Multiplications and additions, counted apart, that one run of a batch needs. Training takes those of the forward pass three
 * times: for the outputs, the gradients of the inputs and those of the weights. The optimizer is not counted.
 *
 * @param image shape, batch included
 */
export function runOperations(network: Network, image: Shape, mode: Mode): number {
  const { operations } = networkCost(network, { image });
  return mode === 'train' ? 3 * operations : operations;
}

/** The share of the machine's peak that a run reached. */
export function shareOfPeak(operations: number, milliseconds: number, { gigaflops }: Peak): number {
  return operations / (1e6 * milliseconds) / gigaflops;
}
