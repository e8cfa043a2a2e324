import type { Padding2d, Pair } from '../ops.js';
import { elementCount } from '../tensor.js';
import { byOutput, fromBlocks, nchwcConv, toBlocks, turnedBlocks } from './blocked-convolution.js';
import type { ConvGeometry, Emitter, Value } from './emitter.js';
import type { ConvOperands } from './input-gradient.js';
import { cropNegative } from './spread.js';

/** What one row (or column) in `stride` of the image receives: a convolution of the gradient with some of the taps. */
interface Phase {
  /** Taps of the kernel in the order of the turned kernel. */
  readonly taps: readonly number[];
  readonly before: number;
  readonly after: number;
}

interface Axis {
  readonly extent: number;
  /** Of the gradient. */
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: number;
}

/**
 * Pixel y of the image receives W[k] dY[o] where y = o s + k d - p. For stride 1 that is one convolution with the turned kernel.
 * For a larger stride, each of the s remainders of y has taps of its own, and dY needs no zeros between its pixels.
 */
function phasesOf({ extent, outputs, kernel, stride, dilation, padding }: Axis): readonly Phase[] {
  const rows = Math.ceil(extent / stride);
  return Array.from({ length: stride }, (_, offset) => {
    const first = (offset + padding) % stride;
    const taps: number[] = [];
    for (let tap = first; tap < kernel; tap += stride) taps.unshift(tap);
    const reach = (taps.length - 1) * dilation;
    const before = reach - (offset + padding - first) / stride;
    return { taps, before, after: rows + reach - outputs - before };
  });
}

/**
 * Gradient of the input of a convolution whose groups are whole blocks of channels, on blocks; undefined where a stride is combined
 * with a dilation or with a window that leaves out pixels.
 */
export function blockedInputGradient(
  emit: Emitter,
  { x, weight, gradient }: ConvOperands,
  { kernel, stride, dilation, groups }: ConvGeometry,
  padding: Padding2d,
): Value | undefined {
  const [, channels = 1, height = 1, width = 1] = x.shape;
  const axes = ([0, 1] as const).map((axis): Axis => ({
    extent: axis === 0 ? height : width,
    outputs: gradient.shape[2 + axis] ?? 1,
    kernel: kernel[axis],
    stride: stride[axis],
    dilation: dilation[axis],
    padding: axis === 0 ? padding.top : padding.left,
  }));
  const [rows = [], columns = []] = axes.map(phasesOf);
  if (axes.some(({ stride }) => stride > 1) && !(isPlain(dilation) && [...rows, ...columns].every(reads)))
    return undefined;
  const weights = byOutput(emit, weight);
  const lines = rows.map((row) => {
    const parts = columns.map((column) => {
      const around = { top: row.before, bottom: row.after, left: column.before, right: column.after };
      const { cropped, rest } = cropNegative(emit, gradient, around);
      const taps = row.taps.flatMap((y) => column.taps.map((x) => y * kernel[1] + x));
      const inputs = weight.shape[1] ?? 1;
      const turned = emit.reshape(turnedBlocks(emit, weights, { inputs, groups, taps }), [
        inputs * groups,
        (weight.shape[0] ?? 1) / groups,
        row.taps.length,
        column.taps.length,
      ]);
      const part = {
        kernel: [row.taps.length, column.taps.length],
        stride: [1, 1],
        dilation,
        groups,
      } as const;
      return nchwcConv(emit, toBlocks(emit, cropped), turned, part, rest);
    });
    return interleaved(emit, parts, 3);
  });
  const image = fromBlocks(emit, interleaved(emit, lines, 2), channels);
  return emit.window(image, [0, 0], [height, width], [1, 1]);
}

const isPlain = (dilation: Pair) => dilation[0] === 1 && dilation[1] === 1;
const reads = ({ taps, before, after }: Phase) => taps.length > 0 && before >= 0 && after >= 0;

/** Images of whole blocks of channels, as one whose rows (axis 2) or columns (axis 3) are taken from each in turn. */
function interleaved(emit: Emitter, parts: readonly Value[], axis: 2 | 3): Value {
  const [first] = parts;
  if (first === undefined) throw new RangeError('an image needs a part');
  if (parts.length === 1) return first;
  const pixel = emit.channelBlock ?? 1;
  const run = axis === 3 ? pixel : pixel * (first.shape[3] ?? 1);
  const runs = parts.map((part) => emit.reshape(part, [elementCount(part.shape) / run, run]));
  const shape = first.shape.map((extent, i) => (i === axis ? extent * parts.length : extent));
  return emit.reshape(emit.concat(runs, 1), shape);
}
