import type { Network, StateDict, Tensor } from '@ichor/nn';
import { EngineError } from '../error.js';
import type { ParameterMemory } from '../optimizer/memory.js';

/** Statistics of one batch norm over one batch. */
export interface MeasuredStatistics {
  /** Full names of the running statistics. */
  readonly runningMean: string;
  readonly runningVariance: string;
  /** Elements per channel. */
  readonly count: number;
  readonly momentum: number;
  readonly mean: Float32Array;
  /** Biased. */
  readonly variance: Float32Array;
}

/**
 * All parameters of a network: the trained ones in the optimizer's memory, the others in memory of their own.
 */
export class ParameterStore {
  readonly #network: Network;
  readonly #trained: ReadonlySet<string>;
  readonly #tensors = new Map<string, Tensor>();

  constructor(network: Network, trained: ReadonlySet<string>, memory: ParameterMemory) {
    this.#network = network;
    this.#trained = trained;
    for (const { name, shape } of network.parameters) {
      const length = shape.reduce((product, size) => product * size, 1);
      const data = trained.has(name) ? memory.view('parameters', name) : new Float32Array(length);
      this.#tensors.set(name, { shape, data });
    }
  }

  trains(name: string): boolean {
    return this.#trained.has(name);
  }

  /** The parameter itself, not a copy. */
  tensor(name: string): Tensor {
    const tensor = this.#tensors.get(name);
    if (tensor !== undefined) return tensor;
    throw new EngineError({
      code: 'runtime/parameter',
      reason: `${this.#network.name} has no parameter "${name}"`,
    });
  }

  all(): StateDict {
    return this.#tensors;
  }

  copies(): StateDict {
    return new Map(
      [...this.#tensors].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
    );
  }

  /** @throws EngineError `runtime/state` before anything changes, when a parameter is missing or misshapen */
  assign(state: StateDict): void {
    for (const [name, { shape, data }] of this.#tensors) {
      const given = state.get(name);
      if (given?.shape.join() !== shape.join() || given.data.length !== data.length) {
        throw new EngineError({
          code: 'runtime/state',
          reason: `parameter "${name}" of ${this.#network.name} expects [${shape.join(', ')}], received ${
            given === undefined ? 'nothing' : `[${given.shape.join(', ')}] with ${given.data.length} numbers`
          }`,
        });
      }
    }
    for (const [name, { data }] of this.#tensors) data.set(state.get(name)?.data ?? []);
  }

  /**
   * running = (1 - momentum) running + momentum batch, the variance made unbiased, as in PyTorch.
   *
   * @param share instead of the momentum of each batch norm
   */
  mixStatistics(measured: readonly MeasuredStatistics[], share?: number): void {
    for (const { runningMean, runningVariance, mean, variance, count, momentum: own } of measured) {
      const momentum = share ?? own;
      mix(this.tensor(runningMean).data, mean, momentum, 1);
      mix(this.tensor(runningVariance).data, variance, momentum, count / Math.max(count - 1, 1));
    }
  }
}

function mix(running: Float32Array, batch: Float32Array, momentum: number, factor: number): void {
  for (let i = 0; i < running.length; i++) {
    running[i] = (1 - momentum) * running[i]! + momentum * factor * batch[i]!;
  }
}
