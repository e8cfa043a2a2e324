import { fnv1a } from '@ichor/files/random';
import { IchorError } from '@ichor/files/error';
import type { Network, Parameter, ParameterKind } from './network.js';
import { uniformStream } from './random.js';
import { elementCount, type StateDict, type Tensor } from './tensor.js';

/** Bound of the uniform distribution, or the constant, that a parameter starts with. */
type Start = { readonly bound: number } | { readonly constant: number };

/**
 * Starting parameters with the distributions of PyTorch's modules: weights of convolutions and linear layers
 * and their biases uniform in +-1/sqrt(fan in), those of recurrent layers in +-1/sqrt(hidden), norms 1 and 0. Each parameter has its own stream,
 * so adding a layer leaves the others as they were.
 */
export function initialize(network: Network, seed: number): StateDict {
  return new Map(initializeOnDemand(network, seed));
}

/** How the weights of convolutions are drawn. */
export type ConvolutionStart =
  /** The default of PyTorch's module: variance 1 / (3 fan in). */
  | 'pytorch'
  /** Variance 2 / fan in, which rectifiers keep from layer to layer (He et al. 2015). */
  | 'he';

/**
 * The same numbers; each tensor is made whenever it is requested. A caller that copies them one by one never
 * holds a second set of all parameters.
 *
 * @param given tensors that replace drawn ones
 */
export function initializeOnDemand(
  network: Network,
  seed: number,
  given: StateDict = new Map(),
  convolutions: ConvolutionStart = 'pytorch',
): StateDict {
  return new StateOnDemand(network, seed, given, convolutions);
}

class StateOnDemand implements StateDict {
  readonly #parameters: ReadonlyMap<string, Parameter>;
  readonly #fans = new Map<string, number>();
  readonly #seed: number;
  readonly #given: StateDict;
  readonly #convolutions: ConvolutionStart;

  constructor({ parameters }: Network, seed: number, given: StateDict, convolutions: ConvolutionStart) {
    this.#parameters = new Map(parameters.map((parameter) => [parameter.name, parameter]));
    this.#seed = seed;
    this.#given = given;
    this.#convolutions = convolutions;
    for (const parameter of parameters) {
      if (parameter.kind === 'convWeight' || parameter.kind === 'linearWeight') {
        this.#fans.set(modulePath(parameter), elementCount(parameter.shape.slice(1)));
      }
      // The hidden state is what weight_hh reads: [gates x hidden, hidden].
      if (parameter.name.includes('.weight_hh')) {
        this.#fans.set(modulePath(parameter), parameter.shape[1] ?? 1);
      }
    }
  }

  get size(): number {
    return this.#parameters.size;
  }

  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  get(name: string): Tensor | undefined {
    const parameter = this.#parameters.get(name);
    return parameter && this.#make(parameter);
  }

  keys(): MapIterator<string> {
    return this.#parameters.keys();
  }

  *values(): Generator<Tensor, undefined, undefined> {
    for (const parameter of this.#parameters.values()) yield this.#make(parameter);
    return undefined;
  }

  *entries(): Generator<[string, Tensor], undefined, undefined> {
    for (const [name, parameter] of this.#parameters) yield [name, this.#make(parameter)];
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, Tensor], undefined, undefined> {
    return this.entries();
  }

  forEach(callback: (value: Tensor, key: string, map: StateDict) => void): void {
    for (const [name, tensor] of this.entries()) callback(tensor, name, this);
  }

  #make(parameter: Parameter): Tensor {
    const given = this.#given.get(parameter.name);
    if (given !== undefined) return given;
    const data = new Float32Array(elementCount(parameter.shape));
    const rule = parameter.kind === 'convWeight' && this.#convolutions === 'he' ? he : starts[parameter.kind];
    const start = rule(() => fanIn(this.#fans, parameter));
    if ('constant' in start) data.fill(start.constant);
    else {
      const uniform = uniformStream(this.#seed, fnv1a(parameter.name));
      for (let i = 0; i < data.length; i++) data[i] = (2 * uniform() - 1) * start.bound;
    }
    return { shape: parameter.shape, data };
  }
}

// kaiming_uniform_(a = sqrt 5): bound = sqrt(6 / ((1 + 5) fan)) = 1 / sqrt(fan).
const byFan = (fan: () => number): Start => ({ bound: 1 / Math.sqrt(fan()) });
// A uniform distribution within +-b has the variance b^2 / 3.
const he = (fan: () => number): Start => ({ bound: Math.sqrt(6 / fan()) });
const constantly = (constant: number) => (): Start => ({ constant });

const starts: Readonly<Record<ParameterKind, (fan: () => number) => Start>> = {
  convWeight: byFan,
  linearWeight: byFan,
  bias: byFan,
  batchNormWeight: constantly(1),
  batchNormBias: constantly(0),
  runningMean: constantly(0),
  runningVar: constantly(1),
  layerNormWeight: constantly(1),
  layerNormBias: constantly(0),
  recurrentWeight: byFan,
  recurrentBias: byFan,
};

function modulePath(parameter: Parameter): string {
  return parameter.name.slice(0, parameter.name.lastIndexOf('.'));
}

function fanIn(fans: ReadonlyMap<string, number>, parameter: Parameter): number {
  const fan = fans.get(modulePath(parameter));
  if (fan === undefined) {
    throw new IchorError({
      code: 'nn/initialize',
      reason: `${parameter.name} (${parameter.kind}) has no weight with the same path`,
    });
  }
  return fan;
}
