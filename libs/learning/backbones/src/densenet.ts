import type { Activation, Layers } from './layers.js';
import type { Trunk } from './trunk.js';

const GROWTH = 32;
/** The 1x1 convolution of a layer gives this many times the growth. */
const BOTTLENECK = 4;

export const densenetTrunks = {
  /**
   * Up to the norm after the second block: a cell has eight pixels instead of 32, for small images and sharp
   * heat maps.
   */
  'densenet121-half': densenet([6, 12], 'transition2.norm'),
  densenet121: densenet([6, 12, 24, 16]),
  densenet169: densenet([6, 12, 32, 32]),
  densenet201: densenet([6, 12, 48, 32]),
} as const satisfies Record<string, Trunk>;

/**
 * Densely connected networks (Huang et al. 2017): the number of layers of each block, and the name of the
 * norm after them.
 */
function densenet(blocks: readonly number[], lastNorm = 'norm5'): Trunk {
  return (root, image) => {
    const layers = root.at('features');
    let x = layers.conv(image, 'conv0', 64, { kernel: 7, stride: 2, padding: 3 });
    x = layers.relu(layers.norm(x, 'norm0'));
    x = layers.module(layers.maxPool(x, 3, { stride: 2, padding: 1 }), 'pool0');
    blocks.forEach((count, index) => {
      x = denseBlock(layers.at(`denseblock${index + 1}`), x, count);
      if (index + 1 < blocks.length) x = transition(layers.at(`transition${index + 1}`), x);
    });
    return layers.norm(x, lastNorm);
  };
}

/** Every layer sees the concatenation of all before it and adds `GROWTH` channels. */
function denseBlock(layers: Layers, input: Activation, count: number): Activation {
  let x = input;
  for (let index = 1; index <= count; index++) {
    const layer = layers.at(`denselayer${index}`);
    let grown = layer.relu(layer.norm(x, 'norm1'));
    grown = layer.conv(grown, 'conv1', BOTTLENECK * GROWTH);
    grown = layer.relu(layer.norm(grown, 'norm2'));
    grown = layer.module(layer.conv(grown, 'conv2', GROWTH, { kernel: 3, padding: 1 }));
    x = layers.concat([x, grown]);
  }
  return layers.module(x);
}

function transition(layers: Layers, input: Activation): Activation {
  const x = layers.conv(layers.relu(layers.norm(input, 'norm')), 'conv', input.channels / 2);
  return layers.module(layers.avgPool(x, 2));
}
