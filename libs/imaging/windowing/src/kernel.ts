import { instantiateKernel, reserve, type KernelMemory } from '@ichor/wasm';
import { kernelBinary } from './kernel-binary.js';
import type { ChannelStatistics, Scale } from './normalization.js';
import type { PixelValues } from './values.js';
import type { WindowBounds } from './window.js';

/** What assembly/kernel.ts exports. */
interface KernelExports {
  readonly memory: KernelMemory;
  firstFree(): number;
  statistics(
    source: number,
    count: number,
    flip: number,
    low: number,
    high: number,
    extremes: number,
  ): number;
  scale(
    source: number,
    count: number,
    flip: number,
    low: number,
    high: number,
    factor: number,
    base: number,
    output: number,
  ): void;
}

/** 16-bit pixels, the only ones that the kernel reads. */
export type KernelValues = Int16Array | Uint16Array;

const lowest = -32_768;
const highest = 32_767;

/** The value of a code: codes are the stored values, minus 32,768 if those are unsigned. */
const zeroOf = (values: KernelValues): number => (values instanceof Uint16Array ? -lowest : 0);

/** Whether the kernel can do the windows: 16-bit pixels, and bounds that are whole stored values. */
export function kernelFits(values: PixelValues, bounds: readonly WindowBounds[]): values is KernelValues {
  if (!(values instanceof Int16Array || values instanceof Uint16Array) || values.length === 0) return false;
  const zero = zeroOf(values);
  return bounds.every(
    ({ low, high }) =>
      Number.isInteger(low) && Number.isInteger(high) && low - zero <= highest && high - zero >= lowest,
  );
}

/** The WebAssembly instance of this thread; holds the pixels of one slice at a time. */
class Kernel {
  readonly #exports: KernelExports;
  readonly #extremes: number;
  readonly #source: number;
  #count = 0;
  #zero = 0;
  #first = 0;

  constructor() {
    this.#exports = instantiateKernel<KernelExports>(kernelBinary);
    this.#extremes = this.#exports.firstFree();
    this.#source = this.#extremes + 16;
  }

  /** Takes the pixels that the following calls are about. */
  load(values: KernelValues): void {
    this.#count = values.length;
    this.#zero = zeroOf(values);
    this.#first = values[0]! - this.#zero;
    reserve(this.#exports.memory, this.#output + this.#padded * 4);
    const codes = new Uint16Array(this.#exports.memory.buffer, this.#source, this.#padded);
    codes.set(new Uint16Array(values.buffer, values.byteOffset, values.length));
    // Whole groups of eight; the rest is filled with the first pixel and taken off the sum again.
    codes.fill(codes[0]!, values.length);
  }

  statistics(bounds: WindowBounds): ChannelStatistics {
    const { low, high } = this.#codeBounds(bounds);
    const sum = this.#exports.statistics(this.#source, this.#padded, this.#zero, low, high, this.#extremes);
    const [min = 0, max = 0] = new Int32Array(this.#exports.memory.buffer, this.#extremes, 2);
    const first = Math.min(high, Math.max(low, this.#first));
    const mean = (sum - (this.#padded - this.#count) * first) / this.#count;
    const width = bounds.high - bounds.low;
    const relative = (code: number): number => (code + this.#zero - bounds.low) / width;
    return { mean: relative(mean), min: relative(min), max: relative(max) };
  }

  /** Writes the windowed values, times `gain`, plus `offset`, in single precision. */
  plane(bounds: WindowBounds, { gain, offset }: Scale, target: Float32Array): void {
    const { low, high } = this.#codeBounds(bounds);
    const factor = gain / (bounds.high - bounds.low);
    // Counted from the lower bound, numbers are small and float32 is exact to its last digit or two.
    const base = offset + (low + this.#zero - bounds.low) * factor;
    this.#exports.scale(this.#source, this.#padded, this.#zero, low, high, factor, base, this.#output);
    target.set(new Float32Array(this.#exports.memory.buffer, this.#output, this.#count));
  }

  /** A bound that no code reaches changes nothing. */
  #codeBounds({ low, high }: WindowBounds): WindowBounds {
    return { low: Math.max(lowest, low - this.#zero), high: Math.min(highest, high - this.#zero) };
  }

  get #padded(): number {
    return (this.#count + 7) & ~7;
  }

  get #output(): number {
    return this.#source + this.#padded * 2;
  }
}

let instance: Kernel | undefined;

/** The kernel with these pixels loaded, valid until the next call in this thread. */
export function kernelWith(values: KernelValues): Kernel {
  instance ??= new Kernel();
  instance.load(values);
  return instance;
}
