import { int } from '../onnx/model.js';
import type { Padding2d } from '../ops.js';
import { elementCount } from '../tensor.js';
import { fromBlocks, NCHWC, padBlocks } from './blocked-convolution.js';
import type { ConvGeometry, Emitter, Value } from './emitter.js';
import { channelRows } from './fold-batch.js';

/** Up to this many floats, what all taps saw is written out first. */
const GATHERED = 5e6;

/**
 * Weight gradient of a convolution by products of the gradient, [O, N P], with what each tap of the kernel saw, [N P, taps C]: one for
 * all channels or one for each block. The channels of a pixel lie side by side there, so that runs of them are copied, by operators that
 * have threads.
 *
 * @returns [O, C / groups, ...] in the order of the weights; undefined without whole blocks of channels, or for large images
 */
export function gatheredWeightGradient(
  emit: Emitter,
  x: Value,
  gradient: Value,
  geometry: ConvGeometry,
  padding: Padding2d,
): Value | undefined {
  const block = emit.channelBlock;
  const [batch = 1, channels = 1] = x.shape;
  const [, outputs = 1, ...size] = gradient.shape;
  const { groups, kernel } = geometry;
  const each = channels / groups;
  const floats = batch * elementCount(size) * elementCount(kernel) * channels;
  if (block === undefined || channels % block !== 0 || floats > GATHERED) return undefined;
  // Blocks of channels with the padding around the image.
  const image = padBlocks(emit, emit.node('ReorderInput', [x], x.shape, {}, NCHWC), padding);
  if (groups === 1) return ofAllChannels(emit, image, gradient, geometry);
  const units = each < block ? channels / block : groups;
  const isWhole = each < block ? block % each === 0 : each % block === 0;
  return isWhole && outputs % units === 0 ? ofUnits(emit, image, gradient, geometry, block) : undefined;
}

function ofAllChannels(emit: Emitter, blocks: Value, gradient: Value, geometry: ConvGeometry): Value {
  const [batch = 1, channels = 1, tall = 1, wide = 1] = blocks.shape;
  const [, outputs = 1, rows = 1, columns = 1] = gradient.shape;
  const [pixels, taps] = [batch * rows * columns, elementCount(geometry.kernel)];
  // All channels of a pixel side by side: [N, H, W, C].
  const aside = { channels: int(channels), channels_last: int(1) };
  const image = emit.node('ReorderOutput', [blocks], [batch, tall, wide, channels], aside, NCHWC);
  const key = `taps ${[...blocks.shape.toSpliced(1, 1), rows, columns, keyOf(geometry)].join()}`;
  const seen = emit.indices(key, [pixels * taps], () => {
    const places = placesOf(geometry, [rows, columns], wide);
    const samples = Array.from({ length: batch }, (_, n) =>
      places.flat().map((place) => n * tall * wide + place),
    );
    return BigInt64Array.from(samples.flat(), BigInt);
  });
  const gathered = emit.gather(emit.reshape(image, [batch * tall * wide, channels]), seen, 0);
  const product = emit.product(
    channelRows(emit, gradient),
    emit.reshape(gathered, [pixels, taps * channels]),
  );
  const shape = [outputs, channels, taps, 1];
  const channelsLast = emit.reshape(product, [outputs, taps, 1, channels]);
  const inBlocks = emit.node('ReorderInput', [channelsLast], shape, { channels_last: int(1) }, NCHWC);
  return fromBlocks(emit, inBlocks, channels);
}

/** A product for each group, or, of groups narrower than a block, for the groups of one block. */
function ofUnits(
  emit: Emitter,
  blocks: Value,
  gradient: Value,
  geometry: ConvGeometry,
  block: number,
): Value {
  const [batch = 1, channels = 1, tall = 1, wide = 1] = blocks.shape;
  const [, outputs = 1, rows = 1, columns = 1] = gradient.shape;
  const [pixels, taps] = [batch * rows * columns, elementCount(geometry.kernel)];
  const each = channels / geometry.groups;
  const merged = Math.max(block / each, 1);
  const units = geometry.groups / merged;
  const inUnit = channels / units / block;
  const key = `taps of units ${[...blocks.shape, rows, columns, units, keyOf(geometry)].join()}`;
  const seen = emit.indices(key, [units * pixels * inUnit * taps], () => {
    const places = placesOf(geometry, [rows, columns], wide);
    const indices: bigint[] = [];
    for (let unit = 0; unit < units; unit++)
      for (let n = 0; n < batch; n++)
        for (const ofPixel of places)
          for (let b = 0; b < inUnit; b++) {
            const start = (n * units * inUnit + unit * inUnit + b) * tall * wide;
            for (const place of ofPixel) indices.push(BigInt(start + place));
          }
    return BigInt64Array.from(indices);
  });
  const gathered = emit.gather(emit.reshape(blocks, [elementCount(blocks.shape) / block, block]), seen, 0);
  const product = emit.product(
    emit.reshape(channelRows(emit, gradient), [units, outputs / units, pixels]),
    emit.reshape(gathered, [units, pixels, inUnit * taps * block]),
  );
  if (merged === 1) return fromBlocks(emit, emit.reshape(product, [outputs, each, taps, 1]), each);
  // Only those parts count in which input and output belong to the same group.
  const identity = emit.constant(`same of ${merged}`, [merged, 1, merged, 1], () =>
    Float32Array.from({ length: merged * merged }, (_, i) => Number(i % (merged + 1) === 0)),
  );
  const parts = [units, merged, (outputs / units / merged) * taps, merged, each];
  const same = emit.total(emit.mul(emit.reshape(product, parts), identity), [3]);
  return emit.transpose(emit.reshape(same, [outputs, taps, each]), [0, 2, 1]);
}

const keyOf = ({ kernel, stride, dilation }: ConvGeometry) => [...kernel, ...stride, ...dilation].join();

/** Where in a padded image each tap of the kernel lies: for each pixel of the output, by tap. */
function placesOf(
  { kernel, stride, dilation }: ConvGeometry,
  [rows, columns]: readonly [number, number],
  wide: number,
): number[][] {
  const places: number[][] = [];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const taps: number[] = [];
      for (let h = 0; h < kernel[0]; h++)
        for (let w = 0; w < kernel[1]; w++)
          taps.push((row * stride[0] + h * dilation[0]) * wide + column * stride[1] + w * dilation[1]);
      places.push(taps);
    }
  return places;
}
