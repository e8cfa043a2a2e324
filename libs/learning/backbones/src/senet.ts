import type { Activation, ConvolutionSettings, Layers } from './layers.js';
import type { Trunk } from './trunk.js';

/** What distinguishes the squeeze-and-excitation networks (Hu, Shen and Sun 2018). */
interface SenetVariant {
  /** Widths of the 3x3 convolutions of the stem; one entry means a single 7x7 instead. */
  readonly stem: readonly number[];
  /** Bottlenecks of each of the four layers. */
  readonly blocks: readonly [number, number, number, number];
  /** Channels after the first and the second convolution of a bottleneck, as multiples of `planes`. */
  readonly widths: readonly [number, number];
  readonly groups: number;
  /** Kernel of the projection on the skip where the resolution changes. */
  readonly projectionKernel: 1 | 3;
}

const EXPANSION = 4;
const REDUCTION = 16;

const resnext = (blocks: SenetVariant['blocks']): Trunk =>
  senet({ stem: [64], blocks, widths: [2, 2], groups: 32, projectionKernel: 1 });

export const senetTrunks = {
  se_resnext50_32x4d: resnext([3, 4, 6, 3]),
  se_resnext101_32x4d: resnext([3, 4, 23, 3]),
  senet154: senet({
    stem: [64, 64, 128],
    blocks: [3, 8, 36, 3],
    widths: [2, 4],
    groups: 64,
    projectionKernel: 3,
  }),
} as const satisfies Record<string, Trunk>;

function senet(variant: SenetVariant): Trunk {
  return (layers, image) => {
    let x = stem(layers.at('layer0'), image, variant.stem);
    variant.blocks.forEach((count, index) => {
      const layer = layers.at(`layer${index + 1}`);
      for (let block = 0; block < count; block++) {
        const projection =
          block > 0
            ? undefined
            : index === 0
              ? { kernel: 1 }
              : { kernel: variant.projectionKernel, padding: (variant.projectionKernel - 1) / 2, stride: 2 };
        x = bottleneck(layer.at(`${block}`), x, 64 * 2 ** index, variant, projection);
      }
      layer.module(x);
    });
    return x;
  };
}

function stem(layers: Layers, image: Activation, widths: readonly number[]): Activation {
  let x = image;
  widths.forEach((width, index) => {
    const kernel = widths.length === 1 ? 7 : 3;
    const stride = index === 0 ? 2 : 1;
    x = layers.conv(x, `conv${index + 1}`, width, { kernel, stride, padding: (kernel - 1) / 2 });
    x = layers.relu(layers.norm(x, `bn${index + 1}`));
  });
  return layers.module(layers.maxPool(x, 3, { stride: 2, ceilMode: true }));
}

/** 1x1, grouped 3x3 (with the stride), 1x1; squeeze and excitation before the skip is added. */
function bottleneck(
  layers: Layers,
  input: Activation,
  planes: number,
  { widths, groups }: SenetVariant,
  projection: ConvolutionSettings | undefined,
): Activation {
  const stride = projection?.stride ?? 1;
  let x = layers.conv(input, 'conv1', planes * widths[0]);
  x = layers.relu(layers.norm(x, 'bn1'));
  x = layers.conv(x, 'conv2', planes * widths[1], { kernel: 3, stride, padding: 1, groups });
  x = layers.relu(layers.norm(x, 'bn2'));
  x = layers.norm(layers.conv(x, 'conv3', planes * EXPANSION), 'bn3');
  const gate = layers.at('se_module');
  x = gate.module(gate.squeezeExcite(x, ['fc1', 'fc2'], x.channels / REDUCTION, 'relu'));
  const skip =
    projection === undefined
      ? input
      : layers.norm(layers.conv(input, 'downsample.0', x.channels, projection), 'downsample.1');
  return layers.module(layers.relu(layers.add(x, skip)));
}
