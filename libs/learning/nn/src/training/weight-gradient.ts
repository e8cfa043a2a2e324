import type { Padding2d, Pair } from '../ops.js';
import { elementCount } from '../tensor.js';
import { blockedDepthwiseWeightGradient, takesBlocks } from './blocked-convolution.js';
import type { ConvGeometry, Emitter, Value } from './emitter.js';
import { foldsBatch } from './fold-batch.js';
import { gatheredWeightGradient } from './gathered-weight-gradient.js';
import { nativeWeightGradient } from './native-weight-gradient.js';

/** dW[o, i, h, w] = sum over n, y, x of dY[n, o, y, x] X[n, i, y s + h d, x s + w d], one product a tap. */
export function weightGradient(
  emit: Emitter,
  x: Value,
  gradient: Value,
  geometry: ConvGeometry,
  padding: Padding2d,
): Value {
  const { kernel, groups } = geometry;
  const [batch = 1, outputs = 1, ...size] = gradient.shape;
  const inputs = (x.shape[1] ?? 1) / groups;
  const pixels = elementCount(size);
  const shape = [outputs, inputs, ...kernel];
  const native = nativeWeightGradient(emit, x, gradient, geometry, padding);
  if (native !== undefined) return native;
  const depthwise = groups > 1 && inputs === 1 && outputs === groups;
  if (depthwise && takesBlocks(emit, { name: '', shape }, groups)) {
    return emit.reshape(blockedDepthwiseWeightGradient(emit, x, gradient, geometry, padding), shape);
  }
  const gathered = depthwise ? undefined : gatheredWeightGradient(emit, x, gradient, geometry, padding);
  if (gathered !== undefined) return emit.reshape(gathered, shape);
  const padded = emit.pad(x, padding);
  if (depthwise) {
    return emit.reshape(depthwiseTaps(emit, padded, gradient, geometry), shape);
  }
  if (groups === 1 && inputs * elementCount(kernel) <= 256 && inputs <= 8) {
    return emit.reshape(fewChannels(emit, padded, gradient, geometry), shape);
  }
  const merged = mergedGroups(groups, outputs / groups, inputs);
  const blocks = groups / merged;
  const weights = (outputs / blocks) * inputs * merged * elementCount(kernel);
  const fold = foldsBatch(batch, (outputs + inputs * groups) / blocks, weights, pixels);
  // Folded, samples come after channels: [C, N, H, W].
  const arranged = (value: Value) => (fold ? emit.transpose(value, [1, 0, 2, 3]) : value);
  const images = arranged(padded);
  const matrix = (value: Value, channels: number): Value => {
    const each = elementCount(value.shape) / (batch * blocks * channels);
    return emit.reshape(value, fold ? [blocks, channels, batch * each] : [batch, blocks, channels, each]);
  };
  if (fold && groups === 1 && inputs * batch * pixels * elementCount(kernel) <= GATHERED) {
    // All taps of an input side by side: one product, its result already in the order of the weights.
    const sides = emit.concat(windows(emit, images, gradient, geometry), 1);
    const gathered = emit.reshape(sides, [inputs * elementCount(kernel), batch * pixels]);
    const dy = emit.reshape(arranged(gradient), [outputs, batch * pixels]);
    return emit.reshape(emit.product(dy, gathered, { b: true }), shape);
  }
  const taps = tapPairs(emit, images, arranged(gradient), geometry).map(({ dy, seen }) => {
    const [a, b] = [matrix(dy, outputs / blocks), matrix(seen, inputs * merged)];
    const product = emit.product(a, b, { b: true });
    const total = fold ? product : emit.total(product, [0]);
    return emit.reshape(diagonal(emit, total, blocks, merged), [1, outputs * inputs]);
  });
  const stacked = emit.transpose(emit.concat(taps, 0), [1, 0]);
  return emit.reshape(stacked, shape);
}

/** Two images of one size for each tap; the sum of their products is the tap's gradient. */
function tapPairs(
  emit: Emitter,
  images: Value,
  gradient: Value,
  geometry: ConvGeometry,
): { readonly dy: Value; readonly seen: Value }[] {
  const [rows = 1, columns = 1] = gradient.shape.slice(-2);
  const { kernel, stride, dilation } = geometry;
  const reach = (kernel[0] - 1) * dilation[0];
  if (stride[0] !== 1 || kernel[0] === 1 || reach > 0.6 * rows) {
    return windows(emit, images, gradient, geometry).map((seen) => ({ dy: gradient, seen }));
  }
  // Moving the gradient by rows and the image by columns takes kh + kw copies instead of kh kw.
  const moved = Array.from({ length: kernel[0] }, (_, row) =>
    emit.pad(gradient, { top: row * dilation[0], bottom: reach - row * dilation[0], left: 0, right: 0 }),
  );
  const strips = Array.from({ length: kernel[1] }, (_, column) => {
    const first = column * dilation[1];
    const strip =
      stride[1] === 1 ? images : pickColumns(emit, images, { first, count: columns, step: stride[1] });
    const start: Pair = [0, stride[1] === 1 ? first : 0];
    return emit.window(strip, start, [rows + reach, columns], [1, 1]);
  });
  return moved.flatMap((dy) => strips.map((seen) => ({ dy, seen })));
}

/** Up to this many floats all taps are gathered first. */
const GATHERED = 4e6;

/** The part of the input that each tap of the kernel saw, tap by tap. */
function windows(emit: Emitter, padded: Value, gradient: Value, geometry: ConvGeometry): Value[] {
  const [rows = 1, columns = 1] = gradient.shape.slice(-2);
  const { kernel, stride, dilation } = geometry;
  const strips = Array.from({ length: kernel[1] }, (_, column) =>
    stride[1] === 1
      ? undefined
      : pickColumns(emit, padded, { first: column * dilation[1], count: columns, step: stride[1] }),
  );
  return Array.from({ length: elementCount(kernel) }, (_, tap) => {
    const row = Math.floor(tap / kernel[1]) * dilation[0];
    const strip = strips[tap % kernel[1]];
    if (strip !== undefined) return emit.window(strip, [row, 0], [rows, columns], [stride[0], 1]);
    const start: Pair = [row, (tap % kernel[1]) * dilation[1]];
    return emit.window(padded, start, [rows, columns], [stride[0], 1]);
  });
}

/** Every `step`th column, by a product with a selection matrix: copying single floats takes longer. */
function pickColumns(
  emit: Emitter,
  x: Value,
  { first, count, step }: { readonly first: number; readonly count: number; readonly step: number },
): Value {
  const [width = 1] = x.shape.slice(-1);
  const selection = emit.constant(`pick ${first},${count},${step} of ${width}`, [width, count], () => {
    const data = new Float32Array(width * count);
    for (let i = 0; i < count; i++) data[(first + i * step) * count + i] = 1;
    return data;
  });
  const rows = emit.reshape(x, [elementCount(x.shape) / width, width]);
  return emit.reshape(emit.product(rows, selection), [...x.shape.slice(0, -1), count]);
}

/** Groups are computed several at once: products of 4 x 4 channels are too small to be fast. */
function mergedGroups(groups: number, outputs: number, inputs: number): number {
  if (groups === 1) return 1;
  const wanted = Math.ceil(16 / Math.min(outputs, inputs));
  for (let merged = Math.min(wanted, groups); merged > 1; merged--) if (groups % merged === 0) return merged;
  return 1;
}

/** Of merged groups only those blocks count in which input and output belong to the same group. */
function diagonal(emit: Emitter, products: Value, blocks: number, merged: number): Value {
  if (merged === 1) return products;
  const [outputs = 1, inputs = 1] = products.shape.slice(-2);
  const split = [blocks, merged, outputs / merged, merged, inputs / merged];
  const identity = emit.constant(`identity ${merged}`, [merged, 1, merged, 1], () =>
    Float32Array.from({ length: merged * merged }, (_, i) => (i % (merged + 1) === 0 ? 1 : 0)),
  );
  return emit.total(emit.mul(emit.reshape(products, split), identity), [3]);
}

/** [C, kh kw]: one dot product a channel and tap. */
function depthwiseTaps(emit: Emitter, padded: Value, gradient: Value, geometry: ConvGeometry): Value {
  const [batch = 1, channels = 1, ...size] = gradient.shape;
  const taps = windows(emit, padded, gradient, geometry).map((seen) =>
    emit.rowDots(gradient, seen, elementCount(size), [batch, channels, 1]),
  );
  return emit.total(emit.concat(taps, 2), [0]);
}

/** With few channels, as in the first convolution, all taps go into one product. */
function fewChannels(emit: Emitter, padded: Value, gradient: Value, geometry: ConvGeometry): Value {
  const [batch = 1, outputs = 1, ...size] = gradient.shape;
  const inputs = padded.shape[1] ?? 1;
  const taps = elementCount(geometry.kernel);
  const pixels = elementCount(size);
  const columns = emit.reshape(emit.concat(windows(emit, padded, gradient, geometry), 1), [
    batch,
    taps * inputs,
    pixels,
  ]);
  const each = emit.product(emit.reshape(gradient, [batch, outputs, pixels]), columns, { b: true });
  return emit.transpose(emit.reshape(emit.total(each, [0]), [outputs, taps, inputs]), [0, 2, 1]);
}
