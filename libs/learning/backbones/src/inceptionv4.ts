import { basicConv, branches, chain, halvingPool, pooledBranch, reduction } from './inception.js';
import type { Activation, Layers } from './layers.js';
import type { Trunk } from './trunk.js';

/** Inception v4 (Szegedy et al. 2016); module numbers as in the published state dict. */
export const inceptionv4Trunk: Trunk = (root, image) => {
  const modules: readonly ((layers: Layers, x: Activation) => Activation)[] = [
    (layers, x) => basicConv(layers, x, [32, 3, 'halve']),
    (layers, x) => basicConv(layers, x, [32, 3, 'valid']),
    (layers, x) => basicConv(layers, x, [64, 3]),
    (layers, x) => layers.concat([halvingPool(layers, x), basicConv(layers.at('conv'), x, [96, 3, 'halve'])]),
    (layers, x) =>
      layers.concat(
        branches(layers, x, [[64], [96, 3, 'valid']], [[64], [64, [1, 7]], [64, [7, 1]], [96, 3, 'valid']]),
      ),
    (layers, x) =>
      layers.concat([basicConv(layers.at('conv'), x, [192, 3, 'halve']), halvingPool(layers, x)]),
    ...Array<typeof inceptionA>(4).fill(inceptionA),
    (layers, x) => reduction(layers, x, [[384, 3, 'halve']], [[192], [224, 3], [256, 3, 'halve']]),
    ...Array<typeof inceptionB>(7).fill(inceptionB),
    (layers, x) =>
      reduction(
        layers,
        x,
        [[192], [192, 3, 'halve']],
        [[256], [256, [1, 7]], [320, [7, 1]], [320, 3, 'halve']],
      ),
    ...Array<typeof inceptionC>(3).fill(inceptionC),
  ];
  const features = root.at('features');
  return modules.reduce((x, module, index) => {
    const layers = features.at(`${index}`);
    return layers.module(module(layers, x));
  }, image);
};

function inceptionA(layers: Layers, x: Activation): Activation {
  return layers.concat([
    ...branches(layers, x, [[96]], [[64], [96, 3]], [[64], [96, 3], [96, 3]]),
    pooledBranch(layers.at('branch3'), x, 96),
  ]);
}

function inceptionB(layers: Layers, x: Activation): Activation {
  return layers.concat([
    ...branches(
      layers,
      x,
      [[384]],
      [[192], [224, [1, 7]], [256, [7, 1]]],
      [[192], [192, [7, 1]], [224, [1, 7]], [224, [7, 1]], [256, [1, 7]]],
    ),
    pooledBranch(layers.at('branch3'), x, 128),
  ]);
}

/** Two of its branches fork at their end into a row and a column convolution. */
function inceptionC(layers: Layers, x: Activation): Activation {
  const direct = chain(layers.at('branch0'), x, [256]);
  const short = basicConv(layers.at('branch1_0'), x, [384]);
  const shortForks = [
    basicConv(layers.at('branch1_1a'), short, [256, [1, 3]]),
    basicConv(layers.at('branch1_1b'), short, [256, [3, 1]]),
  ];
  let long = basicConv(layers.at('branch2_0'), x, [384]);
  long = basicConv(layers.at('branch2_1'), long, [448, [3, 1]]);
  long = basicConv(layers.at('branch2_2'), long, [512, [1, 3]]);
  const longForks = [
    basicConv(layers.at('branch2_3a'), long, [256, [1, 3]]),
    basicConv(layers.at('branch2_3b'), long, [256, [3, 1]]),
  ];
  return layers.concat([direct, ...shortForks, ...longForks, pooledBranch(layers.at('branch3'), x, 256)]);
}
