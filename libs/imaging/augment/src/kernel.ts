import { instantiateKernel, reserve, type KernelMemory } from '@ichor/wasm';
import type { WindowBounds, WindowedSlice } from '@ichor/windowing';
import { kernelBinary } from './kernel-binary.js';

/** What assembly/kernel.ts exports. */
interface KernelExports {
  readonly memory: KernelMemory;
  firstFree(): number;
  sampleRow(
    source: number,
    rows: number,
    columns: number,
    x0: number,
    y0: number,
    dx: number,
    dy: number,
    count: number,
    windows: number,
    channels: number,
    output: number,
    stride: number,
  ): void;
}

/** The WebAssembly instance of this thread, and the layout of its memory. */
class Kernel {
  readonly #exports: KernelExports;
  readonly #first: number;

  constructor() {
    this.#exports = instantiateKernel<KernelExports>(kernelBinary);
    this.#first = this.#exports.firstFree();
  }

  /** Copies the slice in and returns a function that samples a part of a row. */
  sampler(
    slice: WindowedSlice<Int16Array>,
    channels: readonly KernelChannel[],
    longestRow: number,
  ): RowSampler {
    const { pixels, rows, columns } = slice;
    const count = channels.length;
    const stride = ((longestRow + 3) & ~3) * 4;
    const windows = this.#first;
    const output = windows + 16 * count;
    const source = output + stride * count;
    reserve(this.#exports.memory, source + pixels.length * 2);
    const { buffer } = this.#exports.memory;
    new Int16Array(buffer, source, pixels.length).set(pixels);
    channels.forEach(({ low, high, factor, addend }, channel) => {
      const at = windows + channel * 16;
      new Int32Array(buffer, at, 2).set([low, high]);
      new Float32Array(buffer, at + 8, 2).set([factor / 16384, addend]);
    });
    return {
      sample: (x0, y0, dx, dy, length) => {
        this.#exports.sampleRow(
          source,
          rows,
          columns,
          x0,
          y0,
          dx,
          dy,
          length,
          windows,
          count,
          output,
          stride,
        );
      },
      line: (channel, length) => new Float32Array(buffer, output + channel * stride, length),
    };
  }
}

/** Result of a channel: clamp(HU, low, high) * factor + addend. */
export interface KernelChannel extends WindowBounds {
  readonly factor: number;
  readonly addend: number;
}

export interface RowSampler {
  /** Looks up `length` places from (x0, y0) in steps of (dx, dy), for all channels. */
  sample(x0: number, y0: number, dx: number, dy: number, length: number): void;
  /** The values of the last call. */
  line(channel: number, length: number): Float32Array;
}

let instance: Kernel | undefined;
const kernel = (): Kernel => (instance ??= new Kernel());

/** The kernel reads whole HU through windows with whole bounds, and always two neighbours. */
export function kernelFits(slice: WindowedSlice): slice is WindowedSlice<Int16Array> {
  return (
    slice.pixels instanceof Int16Array &&
    slice.rows >= 2 &&
    slice.columns >= 2 &&
    slice.windows.every(({ low, high }) => isInt16(low) && isInt16(high))
  );
}

export function kernelSampler(
  slice: WindowedSlice<Int16Array>,
  channels: readonly KernelChannel[],
  longestRow: number,
): RowSampler {
  return kernel().sampler(slice, channels, longestRow);
}

const isInt16 = (value: number): boolean => Number.isInteger(value) && value >= -32768 && value <= 32767;
