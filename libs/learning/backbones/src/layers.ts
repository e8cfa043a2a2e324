import type { NetworkBuilder, Pair, ValueId } from '@ichor/nn';

/** A value of the network and how many channels (or features) it has. */
export interface Activation {
  readonly value: ValueId;
  readonly channels: number;
}

export interface BatchNormSettings {
  readonly eps: number;
  /** Weight of the new batch in the running statistics. */
  readonly momentum: number;
}

export interface ConvolutionSettings {
  readonly kernel?: number | Pair;
  readonly stride?: number;
  readonly padding?: number | Pair | 'same';
  readonly groups?: number;
  readonly bias?: boolean;
}

interface PoolingSettings {
  readonly stride?: number;
  readonly padding?: number;
  readonly ceilMode?: boolean;
}

interface Shared {
  readonly builder: NetworkBuilder;
  readonly batchNorm: BatchNormSettings;
  /** Output of each module, by full path. */
  readonly modules: Map<string, ValueId>;
}

/**
 * The layers that all backbones are built from. Each knows its channel count and has a
 * module path, so that parameters get the names of the PyTorch state dict.
 */
export class Layers {
  readonly #shared: Shared;
  readonly #path: string;

  constructor(shared: Shared, path = '') {
    this.#shared = shared;
    this.#path = path;
  }

  /** The same vocabulary under a sub-module. */
  at(path: string): Layers {
    return new Layers(this.#shared, this.path(path));
  }

  /** Full module path. */
  path(name: string): string {
    if (name === '') return this.#path;
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  /** Declares `x` to be the output of module `name` (of this module by default). */
  module(x: Activation, name = ''): Activation {
    this.#shared.modules.set(this.path(name), x.value);
    return x;
  }

  conv(x: Activation, name: string, channels: number, settings: ConvolutionSettings = {}): Activation {
    const { kernel = 1, ...rest } = settings;
    const path = this.path(name);
    const value = this.#shared.builder.conv2d(x.value, path, {
      inChannels: x.channels,
      outChannels: channels,
      kernel,
      ...rest,
    });
    return this.module({ value, channels }, name);
  }

  norm(x: Activation, name: string, settings: BatchNormSettings = this.#shared.batchNorm): Activation {
    const value = this.#shared.builder.batchNorm(x.value, this.path(name), {
      channels: x.channels,
      ...settings,
    });
    return this.module({ ...x, value }, name);
  }

  linear(x: Activation, name: string, features: number): Activation {
    const value = this.#shared.builder.linear(x.value, this.path(name), {
      inFeatures: x.channels,
      outFeatures: features,
    });
    return this.module({ value, channels: features }, name);
  }

  relu(x: Activation): Activation {
    return { ...x, value: this.#shared.builder.relu(x.value) };
  }

  relu6(x: Activation): Activation {
    return { ...x, value: this.#shared.builder.relu6(x.value) };
  }

  swish(x: Activation): Activation {
    return { ...x, value: this.#shared.builder.swish(x.value) };
  }

  maxPool(x: Activation, kernel: number, settings: PoolingSettings = {}): Activation {
    return { ...x, value: this.#shared.builder.maxPool2d(x.value, { kernel, ...settings }) };
  }

  avgPool(
    x: Activation,
    kernel: number,
    settings: PoolingSettings & { readonly countIncludePad?: boolean } = {},
  ): Activation {
    return { ...x, value: this.#shared.builder.avgPool2d(x.value, { kernel, ...settings }) };
  }

  /** Mean over height and width, as a vector per sample. */
  globalPool(x: Activation): Activation {
    const { builder } = this.#shared;
    return { ...x, value: builder.flatten(builder.globalAvgPool(x.value)) };
  }

  concat(parts: readonly Activation[]): Activation {
    const value = this.#shared.builder.concat(parts.map((part) => part.value));
    return { value, channels: parts.reduce((sum, part) => sum + part.channels, 0) };
  }

  add(a: Activation, b: Activation): Activation {
    return { ...a, value: this.#shared.builder.add(a.value, b.value) };
  }

  scale(x: Activation, factor: number): Activation {
    return factor === 1 ? x : { ...x, value: this.#shared.builder.scale(x.value, factor) };
  }

  dropout(x: Activation, rate: number): Activation {
    return rate === 0 ? x : { ...x, value: this.#shared.builder.dropout(x.value, rate) };
  }

  dropConnect(x: Activation, rate: number): Activation {
    return rate === 0 ? x : { ...x, value: this.#shared.builder.dropConnect(x.value, rate) };
  }

  /**
   * Squeeze and excitation (Hu, Shen and Sun 2018): x times a factor per channel in 0..1, computed from the
   * channel means by two 1x1 convolutions with biases, `names[0]` to `width` channels and `names[1]` back.
   */
  squeezeExcite(
    x: Activation,
    names: readonly [string, string],
    width: number,
    activation: 'relu' | 'swish',
  ): Activation {
    const { builder } = this.#shared;
    const mean = { ...x, value: builder.globalAvgPool(x.value) };
    const squeezed = this[activation](this.conv(mean, names[0], width, { bias: true }));
    const factor = builder.sigmoid(this.conv(squeezed, names[1], x.channels, { bias: true }).value);
    return { ...x, value: builder.mul(x.value, factor) };
  }
}
