import type { OptimizerConfig, StepOptions } from '../engine.js';
import type { ParameterMemory } from './memory.js';
import { OptimizerThreads } from './optimizer-threads.js';

/** Names of the moments in PyTorch's optimizer state, in the order of the memory's sections. */
export function momentNames(config: OptimizerConfig): readonly string[] {
  return config.kind === 'sgd' ? ['momentum_buffer'] : ['exp_avg', 'exp_avg_sq'];
}

/** Updates all parameters of a memory from its gradients, with PyTorch's formulas. */
export class Optimizer {
  readonly #config: OptimizerConfig;
  readonly #memory: ParameterMemory;
  readonly #threads: OptimizerThreads;

  constructor(config: OptimizerConfig, memory: ParameterMemory) {
    this.#config = config;
    this.#memory = memory;
    this.#threads = new OptimizerThreads(memory);
  }

  /**
   * @param step number of this step, from 1
   * @returns L2 norm of the gradients before clipping
   */
  update(step: number, { learningRate, maxGradientNorm }: StepOptions): number {
    const { start, end } = this.#memory.range('gradients');
    const squares = this.#threads.run({
      kernel: 'sumOfSquares',
      addresses: [start],
      length: end - start,
      factors: [],
    });
    const norm = Math.sqrt(squares);
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
      const factors = [
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
      ];
      const addresses = [parameters, gradients, first, second].map((address) => address + from);
      this.#threads.run({ kernel: 'adam', addresses, length: to - from, factors });
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
      const factors = [
        clip,
        decays ? weightDecay : 0,
        momentum,
        nesterov ? 1 : 0,
        nesterov ? momentum : 1,
        learningRate,
      ];
      const addresses = [parameters, gradients, buffer].map((address) => address + from);
      this.#threads.run({ kernel: 'sgd', addresses, length: to - from, factors });
    }
  }

  /** Ends its threads. */
  dispose(): void {
    this.#threads.close();
  }
}
