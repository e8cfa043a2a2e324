import type { Activation, Layers } from './layers.js';
import type { Trunk } from './trunk.js';

/** Output width of each separable convolution of a block; blocks of stride 2 project their skip. */
interface BlockVariant {
  readonly widths: readonly number[];
  readonly stride: 1 | 2;
  readonly startsWithRelu: boolean;
}

const middle: BlockVariant = { widths: [728, 728, 728], stride: 1, startsWithRelu: true };

const blocks: readonly BlockVariant[] = [
  { widths: [128, 128], stride: 2, startsWithRelu: false },
  { widths: [256, 256], stride: 2, startsWithRelu: true },
  { widths: [728, 728], stride: 2, startsWithRelu: true },
  ...Array<BlockVariant>(8).fill(middle),
  { widths: [728, 1024], stride: 2, startsWithRelu: true },
];

/** Xception (Chollet 2017). */
export const xceptionTrunk: Trunk = (layers, image) => {
  let x = layers.conv(image, 'conv1', 32, { kernel: 3, stride: 2 });
  x = layers.relu(layers.norm(x, 'bn1'));
  x = layers.relu(layers.norm(layers.conv(x, 'conv2', 64, { kernel: 3 }), 'bn2'));
  blocks.forEach((variant, index) => {
    x = block(layers.at(`block${index + 1}`), x, variant);
  });
  x = layers.relu(layers.norm(separable(layers.at('conv3'), x, 1536), 'bn3'));
  return layers.relu(layers.norm(separable(layers.at('conv4'), x, 2048), 'bn4'));
};

function block(
  layers: Layers,
  input: Activation,
  { widths, stride, startsWithRelu }: BlockVariant,
): Activation {
  const outChannels = widths.at(-1) ?? input.channels;
  // First, because the state dict begins with it; it reads the input before any rectifier.
  const skip =
    stride === 1 ? input : layers.norm(layers.conv(input, 'skip', outChannels, { stride }), 'skipbn');
  let x = input;
  // Rectifiers count in the numbering of PyTorch's Sequential, though they have no parameters.
  let position = 0;
  widths.forEach((width, index) => {
    if (index > 0 || startsWithRelu) {
      x = layers.relu(x);
      position++;
    }
    x = separable(layers.at(`rep.${position}`), x, width);
    x = layers.norm(x, `rep.${position + 1}`);
    position += 2;
  });
  if (stride === 2) x = layers.maxPool(x, 3, { stride, padding: 1 });
  return layers.module(layers.add(x, skip));
}

/** A 3x3 convolution of each channel by itself, then a 1x1 over all. */
function separable(layers: Layers, x: Activation, channels: number): Activation {
  const depthwise = layers.conv(x, 'conv1', x.channels, { kernel: 3, padding: 1, groups: x.channels });
  return layers.module(layers.conv(depthwise, 'pointwise', channels));
}
