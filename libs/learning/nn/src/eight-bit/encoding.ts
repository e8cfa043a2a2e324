/** The smallest and the largest number of a value; 0 always lies between them. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A number x is kept as the byte round(x / scale) + zeroPoint, from 0 to 255. */
export interface ByteEncoding {
  readonly scale: number;
  readonly zeroPoint: number;
}

const BYTES = 255;

/** The smallest normal number of float32: products with smaller ones lose their digits. */
const SMALLEST_SCALE = 2 ** -126;

/**
 * Zero is kept exactly: padding is zero, and so is most of what a ReLU gives.
 *
 * @throws RangeError for numbers that are not finite, or too large for float32
 */
export function byteEncoding({ low, high }: Range): ByteEncoding {
  const [from, to] = [Math.min(low, 0), Math.max(high, 0)];
  const step = (to - from) / BYTES;
  // A value that was as good as zero on all images may have any scale.
  const scale = Math.fround(step < SMALLEST_SCALE ? 1 : step);
  if (!Number.isFinite(scale)) throw new RangeError(`no byte can hold ${low} to ${high}`);
  return { scale, zeroPoint: Math.min(BYTES, Math.max(0, Math.round(-from / scale))) };
}

/**
 * Weights are whole numbers from -64 to 64, seven bits. Processors without VNNI add the products of two bytes and two weights in 16 bits,
 * and cut the sum off beyond 32,767: 2 x 255 x 64 = 32,640 fits, 2 x 255 x 127 would not.
 */
export const LARGEST_WEIGHT = 64;

/** Half of the range of int32: sums of products must fit beside the bias. */
const LARGEST_BIAS = 2 ** 30;

export interface LayerBytes {
  /** As the weights of the layer: outputs first. */
  readonly weights: Int8Array;
  /** One for each output. */
  readonly scales: Float32Array;
  /** In units of the scale of the input times that of the output's weights. */
  readonly bias: Int32Array;
}

/**
 * Weights and bias of a layer in whole numbers, each output with a scale of its own.
 *
 * @param weight outputs first
 * @param inputScale of the bytes that the layer reads
 * @throws RangeError for numbers that are not finite
 */
export function layerBytes(weight: Float32Array, bias: Float32Array, inputScale: number): LayerBytes {
  const outputs = bias.length;
  const each = weight.length / outputs;
  const weights = new Int8Array(weight.length);
  const scales = new Float32Array(outputs);
  const whole = new Int32Array(outputs);
  for (let output = 0; output < outputs; output++) {
    const own = weight.subarray(output * each, (output + 1) * each);
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // An output with tiny weights and a large bias is hardly more than its bias, which must fit.
    const least = Math.abs(bias[output]!) / inputScale / LARGEST_BIAS;
    const step = Math.fround(Math.max(largest / LARGEST_WEIGHT, least));
    // A byte would turn them into zeros.
    if (!Number.isFinite(step)) throw new RangeError(`output ${output} has weights that are not finite`);
    const scale = step === 0 ? 1 : step;
    scales[output] = scale;
    own.forEach((value, i) => {
      const rounded = Math.round(value / scale);
      weights[output * each + i] = Math.min(LARGEST_WEIGHT, Math.max(-LARGEST_WEIGHT, rounded));
    });
    whole[output] = Math.round(bias[output]! / inputScale / scale);
  }
  return { weights, scales, bias: whole };
}
