import { kernelBinary } from './kernel-binary.js';
import type { ChannelStatistics, WindowBounds } from './windowed-image.js';

/** Of the global that Node has and @types/node leaves to the DOM library. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** What assembly/kernel.ts exports. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  firstFree(): number;
  statistics(source: number, count: number, lower: number, upper: number, extremes: number): number;
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

const pageBytes = 65536;

/** The WebAssembly instance of this thread, and where things lie in its memory. */
class Kernel {
  readonly #exports: KernelExports;
  readonly #first: number;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(kernelBinary, 'base64'));
    // The source of the module states these types; WebAssembly knows only functions.
    this.#exports = new WebAssembly.Instance(module).exports as KernelExports;
    this.#first = this.#exports.firstFree();
  }

  statistics(pixels: Int16Array, windows: readonly WindowBounds[]): ChannelStatistics[] {
    const source = this.#first + 16;
    // Whole groups of eight; the rest is filled with the first pixel and taken off again.
    const padded = (pixels.length + 7) & ~7;
    this.#reserve(source + padded * 2);
    const heap = new Int16Array(this.#exports.memory.buffer, source, padded);
    heap.set(pixels);
    heap.fill(pixels[0]!, pixels.length);
    const extremes = new Int32Array(this.#exports.memory.buffer, this.#first, 2);
    return windows.map(({ lower, upper }) => {
      const first = Math.min(Math.max(pixels[0]!, lower), upper);
      const sum =
        this.#exports.statistics(source, padded, lower, upper, this.#first) -
        (padded - pixels.length) * first;
      const width = upper - lower;
      return {
        mean: (sum / pixels.length - lower) / width,
        min: (extremes[0]! - lower) / width,
        max: (extremes[1]! - lower) / width,
      };
    });
  }

  /** Copies the slice in and returns a function that samples a stretch of a row. */
  sampler(
    pixels: Int16Array,
    rows: number,
    columns: number,
    channels: readonly KernelChannel[],
    longestRow: number,
  ): RowSampler {
    const count = channels.length;
    const stride = ((longestRow + 3) & ~3) * 4;
    const windows = this.#first;
    const output = windows + 16 * count;
    const source = output + stride * count;
    this.#reserve(source + pixels.length * 2);
    const { buffer } = this.#exports.memory;
    new Int16Array(buffer, source, pixels.length).set(pixels);
    channels.forEach(({ lower, upper, factor, addend }, channel) => {
      const at = windows + channel * 16;
      new Int32Array(buffer, at, 2).set([lower, upper]);
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

  #reserve(bytes: number): void {
    const { memory } = this.#exports;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
  }
}

/** Result of a channel: clamp(HU, lower, upper) * factor + addend. */
export interface KernelChannel {
  readonly lower: number;
  readonly upper: number;
  readonly factor: number;
  readonly addend: number;
}

export interface RowSampler {
  /** Looks up `length` places from (x0, y0) in steps of (dx, dy), for all channels. */
  sample(x0: number, y0: number, dx: number, dy: number, length: number): void;
  /** What the last call found. */
  line(channel: number, length: number): Float32Array;
}

let instance: Kernel | undefined;
const kernel = (): Kernel => (instance ??= new Kernel());

/** The kernel reads whole HU through windows with whole bounds, and always two neighbours. */
export function kernelFits(
  pixels: Int16Array | Float32Array,
  rows: number,
  columns: number,
  windows: readonly WindowBounds[],
): pixels is Int16Array {
  return (
    pixels instanceof Int16Array &&
    rows >= 2 &&
    columns >= 2 &&
    windows.every(({ lower, upper }) => isInt16(lower) && isInt16(upper))
  );
}

export function kernelStatistics(pixels: Int16Array, windows: readonly WindowBounds[]): ChannelStatistics[] {
  return kernel().statistics(pixels, windows);
}

export function kernelSampler(
  pixels: Int16Array,
  rows: number,
  columns: number,
  channels: readonly KernelChannel[],
  longestRow: number,
): RowSampler {
  return kernel().sampler(pixels, rows, columns, channels, longestRow);
}

const isInt16 = (value: number): boolean => Number.isInteger(value) && value >= -32768 && value <= 32767;
