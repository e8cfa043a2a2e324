export { createMemory, instantiateKernel, reserve, type KernelMemory } from './kernel.js';
