import { int } from '../onnx/model.js';
import type { Padding2d } from '../ops.js';
import { elementCount } from '../tensor.js';
import { fromBlocks, NCHWC, padBlocks, toBlocks } from './blocked-convolution.js';
import type { ConvGeometry, Emitter, Value } from './emitter.js';
import { channelRows, foldsBatch } from './fold-batch.js';

/** Up to this many floats, what all taps saw is written out first. */
const GATHERED = 5e6;

/** The same, where the gradient is gathered: it takes the place of images that are larger. */
const GATHERED_GRADIENT = 8e6;

/**
 * Weight gradient of a convolution by products of the gradient, [O, N P], with what each tap of the kernel saw, [N P, taps C]: one for
 * all channels or one for each block. The channels of a pixel lie side by side there, so that runs of them are copied, by operators that
 * have threads.
 *
 * @param limit floats that are gathered at once
 * @returns [O, C / groups, ...] in the order of the weights; undefined without whole blocks of channels, or for large images
 */
export function gatheredWeightGradient(
  emit: Emitter,
  x: Value,
  gradient: Value,
  geometry: ConvGeometry,
  padding: Padding2d,
  limit = GATHERED,
): Value | undefined {
  const block = emit.channelBlock;
  const [batch = 1, channels = 1] = x.shape;
  const [, outputs = 1, ...size] = gradient.shape;
  const { groups, kernel } = geometry;
  const each = channels / groups;
  const ofSample = elementCount(size) * elementCount(kernel) * channels;
  const isLarge = batch * ofSample > limit;
  if (block === undefined) return undefined;
  if (groups === 1 && 2 * outputs <= channels && outputs % block === 0) {
    const ofOutputs = byGatheredGradient(emit, x, gradient, geometry, padding);
    if (ofOutputs !== undefined) return ofOutputs;
  }
  if (channels % block !== 0) return undefined;
  if (isLarge && !(groups === 1 && ofSample <= limit && paysBySample(channels, geometry))) return undefined;
  // Blocks of channels with the padding around the image.
  const image = padBlocks(emit, emit.node('ReorderInput', [x], x.shape, {}, NCHWC), padding);
  if (groups === 1) {
    const sum = isLarge
      ? sampleBySample(emit, image, gradient, geometry)
      : emit.product(channelRows(emit, gradient), gatheredTaps(emit, image, geometry, gradient));
    return inOrderOfWeights(emit, sum, channels);
  }
  const units = each < block ? channels / block : groups;
  const isWhole = each < block ? block % each === 0 : each % block === 0;
  return isWhole && outputs % units === 0 ? ofUnits(emit, image, gradient, geometry, block) : undefined;
}

/** Whether gathering large images, sample by sample, takes less time than moving them, as measured. */
function paysBySample(channels: number, { stride }: ConvGeometry): boolean {
  return channels >= 128 || stride[0] * stride[1] > 1;
}

/** [O, taps C]: the products of the samples, each added to the sum of those before. */
function sampleBySample(emit: Emitter, blocks: Value, gradient: Value, geometry: ConvGeometry): Value {
  const [batch = 1, outputs = 1, ...size] = gradient.shape;
  const pixels = elementCount(size);
  const samples = Array.from({ length: batch }, (_, n) => n);
  const gradients = emit.split(
    emit.reshape(gradient, [batch * outputs, pixels]),
    samples.map(() => outputs),
    0,
  );
  const rows = channelsLast(emit, blocks);
  let sum: Value | undefined;
  for (const [sample, ofSample] of gradients.entries()) {
    const seen = gatheredTaps(emit, blocks, geometry, gradient, { rows, sample });
    sum =
      sum === undefined ? emit.product(ofSample, seen) : emit.node('Gemm', [ofSample, seen, sum], sum.shape);
  }
  if (sum === undefined) throw new RangeError('a weight gradient needs a sample');
  return sum;
}

/**
 * The same sums by image pixel: what each tap gave to the gradient there, [N Q, taps O], is gathered instead of what it saw. That is less
 * where a layer has fewer outputs than inputs, as in a dense block.
 */
function byGatheredGradient(
  emit: Emitter,
  x: Value,
  gradient: Value,
  geometry: ConvGeometry,
  padding: Padding2d,
): Value | undefined {
  const { kernel, stride, dilation } = geometry;
  const [batch = 1, channels = 1, ...size] = x.shape;
  const [, outputs = 1] = gradient.shape;
  const [pixels, taps] = [elementCount(size), elementCount(kernel)];
  const [tall, wide] = [(kernel[0] - 1) * dilation[0], (kernel[1] - 1) * dilation[1]];
  const around = {
    top: tall - padding.top,
    bottom: tall - padding.bottom,
    left: wide - padding.left,
    right: wide - padding.right,
  };
  const isPlain = stride[0] * stride[1] === 1 && Object.values(around).every((extent) => extent >= 0);
  if (!isPlain || batch * pixels * taps * outputs > GATHERED_GRADIENT) return undefined;
  const blocks = padBlocks(emit, toBlocks(emit, gradient), around);
  const given = gatheredTaps(emit, blocks, geometry, x, { isTurned: true });
  const sum = foldsBatch(batch, channels + taps * outputs, channels * taps * outputs, pixels)
    ? emit.product(channelRows(emit, x), given)
    : emit.total(
        emit.product(
          emit.reshape(x, [batch, channels, pixels]),
          emit.reshape(given, [batch, pixels, taps * outputs]),
        ),
        [0],
      );
  return emit.transpose(emit.reshape(sum, [channels, taps, outputs]), [2, 0, 1]);
}

/** [N H W, C] of an image in blocks. */
function channelsLast(emit: Emitter, blocks: Value): Value {
  const [batch = 1, channels = 1, tall = 1, wide = 1] = blocks.shape;
  const aside = { channels: int(channels), channels_last: int(1) };
  const image = emit.node('ReorderOutput', [blocks], [batch, tall, wide, channels], aside, NCHWC);
  return emit.reshape(image, [batch * tall * wide, channels]);
}

/**
 * What the taps of a kernel see from each pixel, [N P, taps C].
 *
 * @param blocks the image with its padding
 * @param pixels a value with one pixel for each place of the kernel
 */
function gatheredTaps(
  emit: Emitter,
  blocks: Value,
  geometry: ConvGeometry,
  pixels: Value,
  {
    rows = channelsLast(emit, blocks),
    sample,
    isTurned = false,
  }: {
    readonly rows?: Value;
    /** Only this one. Default: all */
    readonly sample?: number;
    /** The last tap first. */
    readonly isTurned?: boolean;
  } = {},
): Value {
  const [batch = 1, channels = 1, tall = 1, wide = 1] = blocks.shape;
  const [, , ...size] = pixels.shape;
  const taps = elementCount(geometry.kernel);
  const samples = sample === undefined ? Array.from({ length: batch }, (_, n) => n) : [sample];
  const count = samples.length * elementCount(size);
  const of = [...blocks.shape.toSpliced(1, 1), ...size, keyOf(geometry), isTurned, sample ?? 'all'];
  const seen = emit.indices(`taps ${of.join()}`, [count * taps], () => {
    const [height = 1, width = 1] = size;
    const places = placesOf(geometry, [height, width], wide);
    const ordered = (isTurned ? places.map((ofPixel) => ofPixel.toReversed()) : places).flat();
    const all = samples.map((n) => ordered.map((place) => n * tall * wide + place));
    return BigInt64Array.from(all.flat(), BigInt);
  });
  return emit.reshape(emit.gather(rows, seen, 0), [count, taps * channels]);
}

/** [O, taps C] to [O, C, taps]. */
function inOrderOfWeights(emit: Emitter, sum: Value, channels: number): Value {
  const [outputs = 1, length = 1] = sum.shape;
  const taps = length / channels;
  const last = emit.reshape(sum, [outputs, taps, 1, channels]);
  const shape = [outputs, channels, taps, 1];
  const inBlocks = emit.node('ReorderInput', [last], shape, { channels_last: int(1) }, NCHWC);
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
