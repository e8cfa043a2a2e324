import type { Pair } from '@ichor/nn';
import type { Activation, ConvolutionSettings, Layers } from './layers.js';

/** Channels of the output, then how it differs from a 1x1 convolution of stride 1. */
export type ConvSpec = readonly [channels: number, kernel?: number | Pair, settings?: 'valid' | 'halve'];

/**
 * Convolution without bias, batch norm, rectifier. The input is padded so that stride 1 keeps its size,
 * except with `valid` (no padding) and `halve` (stride 2, no padding).
 */
export function basicConv(layers: Layers, x: Activation, [channels, kernel = 1, mode]: ConvSpec): Activation {
  const [height, width] = typeof kernel === 'number' ? [kernel, kernel] : kernel;
  const settings: ConvolutionSettings =
    mode === undefined
      ? { kernel, padding: [(height - 1) / 2, (width - 1) / 2] }
      : { kernel, stride: mode === 'halve' ? 2 : 1 };
  const convolved = layers.norm(layers.conv(x, 'conv', channels, settings), 'bn');
  return layers.module(layers.relu(convolved));
}

/** Basic convolutions one after another. A single one is the module itself, several are its members 0, 1, ... */
export function chain(layers: Layers, input: Activation, ...specs: readonly ConvSpec[]): Activation {
  const [only, ...others] = specs;
  if (only !== undefined && others.length === 0) return basicConv(layers, input, only);
  let x = input;
  specs.forEach((spec, index) => {
    x = basicConv(layers.at(`${index}`), x, spec);
  });
  return layers.module(x);
}

/** The concatenation of one chain per branch: `branch0`, `branch1`, ... */
export function branches(
  layers: Layers,
  input: Activation,
  ...specs: readonly (readonly ConvSpec[])[]
): Activation[] {
  return specs.map((branch, index) => chain(layers.at(`branch${index}`), input, ...branch));
}

/** 3x3 average of the pixels inside the image, then a 1x1 convolution, which is member 1 of the branch. */
export function pooledBranch(layers: Layers, input: Activation, channels: number): Activation {
  const pooled = layers.avgPool(input, 3, { stride: 1, padding: 1, countIncludePad: false });
  return layers.module(basicConv(layers.at('1'), pooled, [channels]));
}

/** 3x3 maximum with stride 2, no padding. */
export function halvingPool(layers: Layers, input: Activation): Activation {
  return layers.maxPool(input, 3, { stride: 2 });
}

/** Adds a halving max pool to the branches: how all inception networks reduce the resolution. */
export function reduction(
  layers: Layers,
  input: Activation,
  ...specs: readonly (readonly ConvSpec[])[]
): Activation {
  const convolved = branches(layers, input, ...specs);
  const pooled = layers.at(`branch${specs.length}`).module(halvingPool(layers, input));
  return layers.module(layers.concat([...convolved, pooled]));
}
