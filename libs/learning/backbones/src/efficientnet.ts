import type { Activation, Layers } from './layers.js';
import type { Trunk } from './trunk.js';

/** One row of table 1 of Tan and Le 2019, in the sizes of B0. */
interface StageVariant {
  readonly repeats: number;
  readonly kernel: 3 | 5;
  readonly stride: 1 | 2;
  readonly expansion: 1 | 6;
  readonly channels: number;
}

const stages: readonly StageVariant[] = [
  { repeats: 1, kernel: 3, stride: 1, expansion: 1, channels: 16 },
  { repeats: 2, kernel: 3, stride: 2, expansion: 6, channels: 24 },
  { repeats: 2, kernel: 5, stride: 2, expansion: 6, channels: 40 },
  { repeats: 3, kernel: 3, stride: 2, expansion: 6, channels: 80 },
  { repeats: 3, kernel: 5, stride: 1, expansion: 6, channels: 112 },
  { repeats: 4, kernel: 5, stride: 2, expansion: 6, channels: 192 },
  { repeats: 1, kernel: 3, stride: 1, expansion: 6, channels: 320 },
];
const STEM_CHANNELS = 32;
const HEAD_CHANNELS = 1280;
/** Width of the squeeze relative to the channels that enter the block. */
const SQUEEZE = 0.25;

export const efficientnetTrunks = {
  'efficientnet-b0': efficientnet(1.0, 1.0),
  'efficientnet-b1': efficientnet(1.0, 1.1),
  'efficientnet-b2': efficientnet(1.1, 1.2),
  'efficientnet-b3': efficientnet(1.2, 1.4),
  'efficientnet-b4': efficientnet(1.4, 1.8),
  'efficientnet-b5': efficientnet(1.6, 2.2),
} as const satisfies Record<string, Trunk>;

/** EfficientNet (Tan and Le 2019), scaled from B0 in width and depth. */
function efficientnet(width: number, depth: number): Trunk {
  return (layers, image, { dropConnect }) => {
    let x = layers.conv(image, '_conv_stem', scaledChannels(STEM_CHANNELS, width), {
      kernel: 3,
      stride: 2,
      padding: 'same',
    });
    x = layers.swish(layers.norm(x, '_bn0'));
    const blocks = stages.flatMap((stage) => {
      const channels = scaledChannels(stage.channels, width);
      return Array.from({ length: Math.ceil(stage.repeats * depth) }, (_, repeat) => ({
        ...stage,
        channels,
        stride: repeat === 0 ? stage.stride : 1,
      }));
    });
    blocks.forEach((block, index) => {
      x = invertedBottleneck(layers.at(`_blocks.${index}`), x, block, (dropConnect * index) / blocks.length);
    });
    x = layers.conv(x, '_conv_head', scaledChannels(HEAD_CHANNELS, width));
    return layers.swish(layers.norm(x, '_bn1'));
  };
}

function invertedBottleneck(
  layers: Layers,
  input: Activation,
  { kernel, stride, expansion, channels }: Omit<StageVariant, 'repeats'>,
  dropConnect: number,
): Activation {
  let x = input;
  if (expansion !== 1) {
    x = layers.conv(x, '_expand_conv', input.channels * expansion);
    x = layers.swish(layers.norm(x, '_bn0'));
  }
  x = layers.conv(x, '_depthwise_conv', x.channels, { kernel, stride, padding: 'same', groups: x.channels });
  x = layers.swish(layers.norm(x, '_bn1'));
  const squeezed = Math.max(1, Math.floor(input.channels * SQUEEZE));
  x = layers.squeezeExcite(x, ['_se_reduce', '_se_expand'], squeezed, 'swish');
  x = layers.norm(layers.conv(x, '_project_conv', channels), '_bn2');
  if (stride === 1 && channels === input.channels) x = layers.add(layers.dropConnect(x, dropConnect), input);
  return layers.module(x);
}

/** The nearest multiple of 8 to `channels * width` that is not more than 10 % below it. */
function scaledChannels(channels: number, width: number): number {
  const wanted = channels * width;
  const rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}
