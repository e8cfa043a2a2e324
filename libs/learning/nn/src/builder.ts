import { IchorError } from '@ichor/files/error';
import type { ElementwiseAttributes, ElementwiseName } from './elementwise/operators.js';
import type { Network, NetworkInput, NetworkNode, Parameter, ParameterKind, ValueId } from './network.js';
import type { OpAttributes, OpName, Padding2d, Pair } from './ops.js';
import type { Shape } from './tensor.js';

type Extent = number | Pair;
type PaddingLike = Extent | Padding2d;

const pair = (extent: Extent): Pair => (typeof extent === 'number' ? [extent, extent] : extent);

function padding2d(padding: PaddingLike): Padding2d {
  if (typeof padding === 'object' && 'top' in padding) return padding;
  const [vertical, horizontal] = pair(padding);
  return { top: vertical, bottom: vertical, left: horizontal, right: horizontal };
}

interface ConvOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: Extent;
  readonly stride?: Extent;
  readonly dilation?: Extent;
  readonly padding?: PaddingLike | 'same';
  readonly groups?: number;
  readonly bias?: boolean;
}

interface PoolOptions {
  readonly kernel: Extent;
  /** Default: the kernel, as in PyTorch. */
  readonly stride?: Extent;
  readonly padding?: PaddingLike;
  readonly ceilMode?: boolean;
}

export interface RecurrentOptions {
  readonly inFeatures: number;
  readonly hidden: number;
  readonly bidirectional?: boolean;
  /** Number of the layer in its module, which is part of the parameters' names. Default: 0. */
  readonly layer?: number;
}

/**
 * Builds a {@link Network} node by node.
 *
 * Operators with parameters take their PyTorch module path; the parameters become `<path>.weight` and so on,
 * in the order of the calls, which is the order of the state dict.
 */
export class NetworkBuilder {
  readonly #name: string;
  readonly #inputs: NetworkInput[] = [];
  readonly #parameters: Parameter[] = [];
  readonly #parameterNames = new Set<string>();
  readonly #nodes: NetworkNode[] = [];
  readonly #outputs: Record<string, ValueId> = {};
  #values = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** @param shape per-sample shape, `null` for any size, e.g. [3, null, null] */
  input(name: string, shape: readonly (number | null)[]): ValueId {
    const value = this.#values++;
    this.#inputs.push({ name, value, shape });
    return value;
  }

  /** @throws IchorError `nn/duplicate-output` */
  output(name: string, value: ValueId): void {
    if (Object.hasOwn(this.#outputs, name)) {
      throw new IchorError({
        code: 'nn/duplicate-output',
        reason: `${this.#name} has the output ${name} already`,
      });
    }
    this.#outputs[name] = value;
  }

  /** What was added so far; what is added later does not change it. */
  build(): Network {
    return {
      name: this.#name,
      inputs: [...this.#inputs],
      parameters: [...this.#parameters],
      nodes: [...this.#nodes],
      outputs: { ...this.#outputs },
    };
  }

  conv2d(x: ValueId, path: string, options: ConvOptions): ValueId {
    const { inChannels, outChannels, groups = 1, bias = false } = options;
    const kernel = pair(options.kernel);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new IchorError({
        code: 'nn/groups',
        reason: `${path}: ${inChannels} input and ${outChannels} output channels cannot be split into ${groups} groups`,
      });
    }
    const parameters: Record<string, string> = {
      weight: this.#parameter(`${path}.weight`, [outChannels, inChannels / groups, ...kernel], 'convWeight'),
    };
    if (bias) parameters['bias'] = this.#parameter(`${path}.bias`, [outChannels], 'bias');
    const padding = options.padding ?? 0;
    return this.#node(
      'conv2d',
      [x],
      {
        kernel,
        stride: pair(options.stride ?? 1),
        dilation: pair(options.dilation ?? 1),
        padding: padding === 'same' ? padding : padding2d(padding),
        groups,
      },
      path,
      parameters,
    );
  }

  linear(
    x: ValueId,
    path: string,
    options: {
      readonly inFeatures: number;
      readonly outFeatures: number;
      readonly bias?: boolean;
      /** For an input [N, T, in] instead of [N, in]. */
      readonly sequence?: boolean;
    },
  ): ValueId {
    const parameters: Record<string, string> = {
      weight: this.#parameter(`${path}.weight`, [options.outFeatures, options.inFeatures], 'linearWeight'),
    };
    if (options.bias ?? true) {
      parameters['bias'] = this.#parameter(`${path}.bias`, [options.outFeatures], 'bias');
    }
    return this.#node('linear', [x], { sequence: options.sequence ?? false }, path, parameters);
  }

  batchNorm(
    x: ValueId,
    path: string,
    options: { readonly channels: number; readonly eps?: number; readonly momentum?: number },
  ): ValueId {
    const shape = [options.channels];
    const parameters = {
      weight: this.#parameter(`${path}.weight`, shape, 'batchNormWeight'),
      bias: this.#parameter(`${path}.bias`, shape, 'batchNormBias'),
      running_mean: this.#parameter(`${path}.running_mean`, shape, 'runningMean'),
      running_var: this.#parameter(`${path}.running_var`, shape, 'runningVar'),
    };
    const { eps = 1e-5, momentum = 0.1 } = options;
    return this.#node('batchNorm', [x], { eps, momentum }, path, parameters);
  }

  /** An element-wise operator; those that are used often have a method of their own. */
  elementwise<Op extends ElementwiseName>(
    op: Op,
    x: ValueId,
    attributes: ElementwiseAttributes[Op],
  ): ValueId {
    return this.#node<ElementwiseName>(op, [x], attributes);
  }

  relu(x: ValueId): ValueId {
    return this.#node('relu', [x], {});
  }

  relu6(x: ValueId): ValueId {
    return this.#node('relu6', [x], {});
  }

  sigmoid(x: ValueId): ValueId {
    return this.#node('sigmoid', [x], {});
  }

  swish(x: ValueId): ValueId {
    return this.#node('swish', [x], {});
  }

  maxPool2d(x: ValueId, options: PoolOptions, path?: string): ValueId {
    return this.#node('maxPool2d', [x], poolAttributes(options), path);
  }

  avgPool2d(
    x: ValueId,
    options: PoolOptions & { readonly countIncludePad?: boolean },
    path?: string,
  ): ValueId {
    const { countIncludePad = true } = options;
    return this.#node('avgPool2d', [x], { ...poolAttributes(options), countIncludePad }, path);
  }

  globalAvgPool(x: ValueId): ValueId {
    return this.#node('globalAvgPool', [x], {});
  }

  add(a: ValueId, b: ValueId, path?: string): ValueId {
    return this.#node('add', [a, b], {}, path);
  }

  /** `b` may be [N, C, 1, 1]: one factor per channel. */
  mul(a: ValueId, b: ValueId, path?: string): ValueId {
    return this.#node('mul', [a, b], {}, path);
  }

  scale(x: ValueId, factor: number): ValueId {
    return this.#node('scale', [x], { factor });
  }

  concat(values: readonly ValueId[], path?: string): ValueId {
    return this.#node('concat', values, {}, path);
  }

  flatten(x: ValueId): ValueId {
    return this.#node('flatten', [x], {});
  }

  dropout(x: ValueId, rate: number, path?: string): ValueId {
    return this.#node('dropout', [x], { rate }, path);
  }

  dropConnect(x: ValueId, rate: number, path?: string): ValueId {
    return this.#node('dropConnect', [x], { rate }, path);
  }

  layerNorm(
    x: ValueId,
    path: string,
    options: { readonly channels: number; readonly eps?: number },
  ): ValueId {
    const shape = [options.channels];
    const parameters = {
      weight: this.#parameter(`${path}.weight`, shape, 'layerNormWeight'),
      bias: this.#parameter(`${path}.bias`, shape, 'layerNormBias'),
    };
    return this.#node('layerNorm', [x], { eps: options.eps ?? 1e-5 }, path, parameters);
  }

  tanh(x: ValueId): ValueId {
    return this.#node('tanh', [x], {});
  }

  gelu(x: ValueId): ValueId {
    return this.#node('gelu', [x], {});
  }

  /** One layer of PyTorch's `nn.GRU` at `path`; a further layer of the same module takes `layer` 1, 2... */
  gru(x: ValueId, mask: ValueId, path: string, options: RecurrentOptions): ValueId {
    return this.#recurrent('gru', 3, [x, mask], path, options);
  }

  /** One layer of PyTorch's `nn.LSTM`. */
  lstm(x: ValueId, mask: ValueId, path: string, options: RecurrentOptions): ValueId {
    return this.#recurrent('lstm', 4, [x, mask], path, options);
  }

  maskedSoftmax(scores: ValueId, mask: ValueId): ValueId {
    return this.#node('maskedSoftmax', [scores, mask], {});
  }

  sequenceSum(x: ValueId): ValueId {
    return this.#node('sequenceSum', [x], {});
  }

  gaussianNoise(x: ValueId, deviation: number): ValueId {
    return this.#node('gaussianNoise', [x], { deviation });
  }

  dropSteps(x: ValueId, rate: number): ValueId {
    return this.#node('dropSteps', [x], { rate });
  }

  #recurrent(
    op: 'gru' | 'lstm',
    gates: number,
    inputs: readonly ValueId[],
    path: string,
    { inFeatures, hidden, bidirectional = false, layer = 0 }: RecurrentOptions,
  ): ValueId {
    const parameters: Record<string, string> = {};
    for (const direction of bidirectional ? ['', '_reverse'] : ['']) {
      const add = (role: string, shape: Shape, kind: ParameterKind) => {
        parameters[role + direction] = this.#parameter(`${path}.${role}_l${layer}${direction}`, shape, kind);
      };
      add('weight_ih', [gates * hidden, inFeatures], 'recurrentWeight');
      add('weight_hh', [gates * hidden, hidden], 'recurrentWeight');
      add('bias_ih', [gates * hidden], 'recurrentBias');
      add('bias_hh', [gates * hidden], 'recurrentBias');
    }
    return this.#node(op, inputs, { hidden, bidirectional }, `${path}_l${layer}`, parameters);
  }

  #parameter(name: string, shape: Shape, kind: ParameterKind): string {
    if (this.#parameterNames.has(name)) {
      throw new IchorError({ code: 'nn/duplicate-parameter', reason: `${this.#name} names ${name} twice` });
    }
    this.#parameterNames.add(name);
    this.#parameters.push({ name, shape, kind });
    return name;
  }

  #node<Op extends OpName>(
    op: Op,
    inputs: readonly ValueId[],
    attributes: OpAttributes[Op],
    path?: string,
    parameters: Readonly<Record<string, string>> = {},
  ): ValueId {
    const output = this.#values++;
    const name = path ?? `${op}_${output}`;
    // One operator at a time is correlated with its attributes; TypeScript cannot distribute that by itself.
    this.#nodes.push({ op, name, inputs, output, attributes, parameters } as unknown as NetworkNode);
    return output;
  }
}

function poolAttributes(options: PoolOptions): OpAttributes['maxPool2d'] {
  return {
    kernel: pair(options.kernel),
    stride: pair(options.stride ?? options.kernel),
    padding: padding2d(options.padding ?? 0),
    ceilMode: options.ceilMode ?? false,
  };
}
