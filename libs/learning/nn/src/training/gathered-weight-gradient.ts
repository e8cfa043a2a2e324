import { int } from '../onnx/model.js';
import type { Padding2d } from '../ops.js';
import { elementCount } from '../tensor.js';
import { NCHWC, padBlocks } from './blocked-convolution.js';
import type { ConvGeometry, Emitter, Value } from './emitter.js';
import { channelRows } from './fold-batch.js';

/** Up to this many floats, what all taps saw is written out first. */
const GATHERED = 5e6;

/**
 * Weight gradient of a convolution without groups as one product: of the gradient [O, N P] with what each tap of the kernel saw,
 * [N P, taps C]. The channels of a pixel lie side by side there, so that few long runs are copied, by operators that have threads.
 *
 * @returns [O, C, taps, 1]; undefined without blocks of channels, or for large images
 */
export function gatheredWeightGradient(
  emit: Emitter,
  x: Value,
  gradient: Value,
  { kernel, stride, dilation }: ConvGeometry,
  padding: Padding2d,
): Value | undefined {
  const block = emit.channelBlock;
  const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
  const [, outputs = 1, rows = 1, columns = 1] = gradient.shape;
  const [pixels, taps] = [batch * rows * columns, elementCount(kernel)];
  if (block === undefined || channels % block !== 0 || pixels * taps * channels > GATHERED) return undefined;
  const tall = padding.top + height + padding.bottom;
  const wide = padding.left + width + padding.right;
  // Blocks with their padding, then all channels of a pixel side by side: [N, H, W, C].
  const blocks = padBlocks(emit, emit.node('ReorderInput', [x], x.shape, {}, NCHWC), padding);
  const aside = { channels: int(channels), channels_last: int(1) };
  const image = emit.node('ReorderOutput', [blocks], [batch, tall, wide, channels], aside, NCHWC);
  const key = `taps ${[batch, tall, wide, rows, columns, ...kernel, ...stride, ...dilation].join()}`;
  const seen = emit.indices(key, [pixels * taps], () => {
    const indices: bigint[] = [];
    for (let n = 0; n < batch; n++)
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          for (let h = 0; h < kernel[0]; h++)
            for (let w = 0; w < kernel[1]; w++) {
              const y = n * tall + row * stride[0] + h * dilation[0];
              indices.push(BigInt(y * wide + column * stride[1] + w * dilation[1]));
            }
    return BigInt64Array.from(indices);
  });
  const gathered = emit.gather(emit.reshape(image, [batch * tall * wide, channels]), seen, 0);
  const product = emit.product(
    channelRows(emit, gradient),
    emit.reshape(gathered, [pixels, taps * channels]),
  );
  const shape = [outputs, channels, taps, 1];
  const channelsLast = emit.reshape(product, [outputs, taps, 1, channels]);
  const inBlocks = emit.node('ReorderInput', [channelsLast], shape, { channels_last: int(1) }, NCHWC);
  return emit.node('ReorderOutput', [inBlocks], shape, { channels: int(channels) }, NCHWC);
}
