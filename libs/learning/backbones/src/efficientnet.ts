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
/** Stages before the last halving of the map. */
const STAGES_OF_HALF = 5;

export const efficientnetTrunks = {
  'efficientnet-b0': efficientnet(1.0, 1.0),
  'efficientnet-b1': efficientnet(1.0, 1.1),
  'efficientnet-b2': efficientnet(1.1, 1.2),
  'efficientnet-b3': efficientnet(1.2, 1.4),
  'efficientnet-b4': efficientnet(1.4, 1.8),
  'efficientnet-b5': efficientnet(1.6, 2.2),
  'efficientnet-lite0-half': efficientnetLite0('half'),
  'efficientnet-lite0': efficientnetLite0('whole'),
} as const satisfies Record<string, Trunk>;

/** EfficientNet (Tan and Le 2019), scaled from B0 in width and depth. */
function efficientnet(width: number, depth: number): Trunk {
  const scaled = stages.map((stage) => ({
    ...stage,
    repeats: Math.ceil(stage.repeats * depth),
    channels: scaledChannels(stage.channels, width),
  }));
  return (layers, image, { dropConnect }) => {
    const stem = scaledChannels(STEM_CHANNELS, width);
    const x = stemAndBlocks(layers, image, stem, blocksOf(scaled), dropConnect, swishWithGate);
    return head(layers, x, scaledChannels(HEAD_CHANNELS, width), swishWithGate);
  };
}

/**
 * EfficientNet-Lite0 (Liu 2020): B0 without squeeze and excitation, with ReLU6.
 *
 * @param part `half`: up to the last halving of the map, with the expansion of the block that would halve it as the last layer
 */
function efficientnetLite0(part: 'half' | 'whole'): Trunk {
  const blocks = blocksOf(stages);
  const kept = part === 'half' ? blocksOf(stages.slice(0, STAGES_OF_HALF)) : blocks;
  return (layers, image, { dropConnect }) => {
    const rate = (dropConnect * kept.length) / blocks.length;
    const x = stemAndBlocks(layers, image, STEM_CHANNELS, kept, rate, relu6);
    if (part === 'whole') return head(layers, x, HEAD_CHANNELS, relu6);
    return expand(layers.at(`_blocks.${kept.length}`), x, 6, relu6);
  };
}

/** What the variants differ in. */
interface Style {
  readonly activation: 'swish' | 'relu6';
  readonly squeezeExcite: boolean;
}
const swishWithGate: Style = { activation: 'swish', squeezeExcite: true };
const relu6: Style = { activation: 'relu6', squeezeExcite: false };

type Block = Omit<StageVariant, 'repeats'>;

function blocksOf(variants: readonly StageVariant[]): readonly Block[] {
  return variants.flatMap(({ repeats, ...stage }) =>
    Array.from({ length: repeats }, (_, repeat): Block => ({
      ...stage,
      stride: repeat === 0 ? stage.stride : 1,
    })),
  );
}

/** @param dropConnect rate at the block after the last one; those before have proportionally less */
function stemAndBlocks(
  layers: Layers,
  image: Activation,
  stem: number,
  blocks: readonly Block[],
  dropConnect: number,
  style: Style,
): Activation {
  let x = layers.conv(image, '_conv_stem', stem, { kernel: 3, stride: 2, padding: 'same' });
  x = layers[style.activation](layers.norm(x, '_bn0'));
  blocks.forEach((block, index) => {
    const rate = (dropConnect * index) / blocks.length;
    x = invertedBottleneck(layers.at(`_blocks.${index}`), x, block, rate, style);
  });
  return x;
}

function head(layers: Layers, x: Activation, channels: number, { activation }: Style): Activation {
  return layers[activation](layers.norm(layers.conv(x, '_conv_head', channels), '_bn1'));
}

function expand(layers: Layers, x: Activation, expansion: number, { activation }: Style): Activation {
  return layers[activation](layers.norm(layers.conv(x, '_expand_conv', x.channels * expansion), '_bn0'));
}

function invertedBottleneck(
  layers: Layers,
  input: Activation,
  { kernel, stride, expansion, channels }: Block,
  dropConnect: number,
  style: Style,
): Activation {
  let x = expansion === 1 ? input : expand(layers, input, expansion, style);
  x = layers.conv(x, '_depthwise_conv', x.channels, { kernel, stride, padding: 'same', groups: x.channels });
  x = layers[style.activation](layers.norm(x, '_bn1'));
  if (style.squeezeExcite) {
    const squeezed = Math.max(1, Math.floor(input.channels * SQUEEZE));
    x = layers.squeezeExcite(x, ['_se_reduce', '_se_expand'], squeezed, 'swish');
  }
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
