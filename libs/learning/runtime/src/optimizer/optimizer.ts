import type { OptimizerConfig, StepOptions } from '../engine.js';
import { instantiateKernels, type Kernels } from './kernels.js';
import type { ParameterMemory } from './memory.js';

/** Names of the moments in PyTorch's optimizer state, in the order of the memory's sections. */
export function momentNames(config: OptimizerConfig): readonly string[] {
  return config.kind === 'sgd' ? ['momentum_buffer'] : ['exp_avg', 'exp_avg_sq'];
}

/** Updates all parameters of a memory from its gradients, with PyTorch's formulas. */
export class Optimizer {
  readonly #config: OptimizerConfig;
  readonly #memory: ParameterMemory;
  readonly #kernels: Kernels;

  constructor(config: OptimizerConfig, memory: ParameterMemory) {
    this.#config = config;
    this.#memory = memory;
    this.#kernels = instantiateKernels(memory.memory);
  }

  /**
   * @param step number of this step, from 1
   * @returns L2 norm of the gradients before clipping
   */
  update(step: number, { learningRate, maxGradientNorm }: StepOptions): number {
    const { start, end } = this.#memory.range('gradients');
    const norm = Math.sqrt(this.#kernels.sumOfSquares(start, end));
    // torch.nn.utils.clip_grad_norm_ adds 1e-6 to the norm.
    const clip = maxGradientNorm === undefined ? 1 : Math.min(1, maxGradientNorm / (norm + 1e-6));
    if (this.#config.kind === 'sgd') this.#sgd(this.#config, learningRate, clip);
    else this.#adam(this.#config, step, learningRate, clip);
    return norm;
  }

  #adam(
    config: Extract<OptimizerConfig, { kind: 'adam' | 'adamw' }>,
    step: number,
    learningRate: number,
    clip: number,
  ): void {
    const { beta1 = 0.9, beta2 = 0.999, eps = 1e-8 } = config;
    const { weightDecay = config.kind === 'adamw' ? 0.01 : 0 } = config;
    const [parameters, gradients, first, second] = [
      this.#memory.range('parameters').start,
      this.#memory.range('gradients').start,
      this.#memory.range('moment0').start,
      this.#memory.range('moment1').start,
    ];
    for (const { decays, from, to } of this.#memory.parts()) {
      const decay = decays ? weightDecay : 0;
      this.#kernels.adam(
        parameters + from,
        gradients + from,
        first + from,
        second + from,
        parameters + to,
        clip,
        config.kind === 'adam' ? decay : 0,
        config.kind === 'adamw' ? 1 - learningRate * decay : 1,
        beta1,
        1 - beta1,
        beta2,
        1 - beta2,
        1 / Math.sqrt(1 - beta2 ** step),
        eps,
        learningRate / (1 - beta1 ** step),
      );
    }
  }

  #sgd(config: Extract<OptimizerConfig, { kind: 'sgd' }>, learningRate: number, clip: number): void {
    const { momentum = 0, nesterov = false, weightDecay = 0 } = config;
    const [parameters, gradients, buffer] = [
      this.#memory.range('parameters').start,
      this.#memory.range('gradients').start,
      this.#memory.range('moment0').start,
    ];
    for (const { decays, from, to } of this.#memory.parts()) {
      this.#kernels.sgd(
        parameters + from,
        gradients + from,
        buffer + from,
        parameters + to,
        clip,
        decays ? weightDecay : 0,
        momentum,
        nesterov ? 1 : 0,
        nesterov ? momentum : 1,
        learningRate,
      );
    }
  }
}
