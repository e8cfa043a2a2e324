import { instantiateKernel, type KernelMemory, type SharedKernelMemory } from '@ichor/wasm';
import { kernelBinary } from './optimizer-binary.js';
import { kernelBinary as sharedBinary } from './optimizer-shared-binary.js';

/** What assembly/optimizer.ts exports: loops over the flat arrays of a {@link ParameterMemory}; addresses in bytes. */
export interface Kernels {
  /** Sum of squares, in double precision. */
  sumOfSquares(from: number, end: number): number;
  /** Factors: gradient scale, weight decay, keep, beta1, 1 - beta1, beta2, 1 - beta2, correction, eps, rate. */
  adam(
    parameters: number,
    gradients: number,
    first: number,
    second: number,
    end: number,
    ...factors: readonly number[]
  ): void;
  /** Factors: gradient scale, weight decay, momentum, share of the gradient, share of the momentum, rate. */
  sgd(
    parameters: number,
    gradients: number,
    momentum: number,
    end: number,
    ...factors: readonly number[]
  ): void;
}

/** The loops, on a memory of one thread. */
export function instantiateKernels(memory: KernelMemory): Kernels {
  return instantiateKernel<Kernels>(kernelBinary, memory);
}

/** The loops, on a memory that threads share. */
export function instantiateSharedKernels(memory: SharedKernelMemory): Kernels {
  return instantiateKernel<Kernels>(sharedBinary, memory);
}
