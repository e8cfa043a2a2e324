import { basicConv, branches, halvingPool, pooledBranch, reduction, type ConvSpec } from './inception.js';
import type { Activation, Layers } from './layers.js';
import type { Trunk } from './trunk.js';

const block35: readonly (readonly ConvSpec[])[] = [[[32]], [[32], [32, 3]], [[32], [48, 3], [64, 3]]];
const block17: readonly (readonly ConvSpec[])[] = [[[192]], [[128], [160, [1, 7]], [192, [7, 1]]]];
const block8: readonly (readonly ConvSpec[])[] = [[[192]], [[192], [224, [1, 3]], [256, [3, 1]]]];

/** Inception-ResNet v2 (Szegedy et al. 2016). */
export const inceptionresnetv2Trunk: Trunk = (layers, image) => {
  let x = basicConv(layers.at('conv2d_1a'), image, [32, 3, 'halve']);
  x = basicConv(layers.at('conv2d_2a'), x, [32, 3, 'valid']);
  x = basicConv(layers.at('conv2d_2b'), x, [64, 3]);
  x = layers.module(halvingPool(layers, x), 'maxpool_3a');
  x = basicConv(layers.at('conv2d_3b'), x, [80]);
  x = basicConv(layers.at('conv2d_4a'), x, [192, 3, 'valid']);
  x = layers.module(halvingPool(layers, x), 'maxpool_5a');

  const mixed = layers.at('mixed_5b');
  x = mixed.concat([
    ...branches(mixed, x, [[96]], [[48], [64, 5]], [[64], [96, 3], [96, 3]]),
    pooledBranch(mixed.at('branch3'), x, 64),
  ]);
  mixed.module(x);
  x = repeat(layers.at('repeat'), x, 10, block35, 0.17);
  x = reduction(layers.at('mixed_6a'), x, [[384, 3, 'halve']], [[256], [256, 3], [384, 3, 'halve']]);
  x = repeat(layers.at('repeat_1'), x, 20, block17, 0.1);
  x = reduction(
    layers.at('mixed_7a'),
    x,
    [[256], [384, 3, 'halve']],
    [[256], [288, 3, 'halve']],
    [[256], [288, 3], [320, 3, 'halve']],
  );
  x = repeat(layers.at('repeat_2'), x, 9, block8, 0.2);
  const last = layers.at('block8');
  x = last.module(residual(last, x, block8, 1));
  return basicConv(layers.at('conv2d_7b'), x, [1536]);
};

function repeat(
  layers: Layers,
  input: Activation,
  count: number,
  specs: readonly (readonly ConvSpec[])[],
  scale: number,
): Activation {
  let x = input;
  for (let index = 0; index < count; index++) {
    const block = layers.at(`${index}`);
    x = block.module(block.relu(residual(block, x, specs, scale)));
  }
  return layers.module(x);
}

/** The input plus the branches, brought back to its channels by a 1x1 convolution and scaled down. */
function residual(
  layers: Layers,
  input: Activation,
  specs: readonly (readonly ConvSpec[])[],
  scale: number,
): Activation {
  const joined = layers.concat(branches(layers, input, ...specs));
  const projected = layers.conv(joined, 'conv2d', input.channels, { bias: true });
  return layers.add(layers.scale(projected, scale), input);
}
