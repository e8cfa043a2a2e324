export {
  createMemory,
  createSharedMemory,
  instantiateKernel,
  reserve,
  type KernelMemory,
  type SharedKernelMemory,
} from './kernel.js';
