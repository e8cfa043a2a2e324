import { kernelBinary } from './kernel-binary.js';

/** Of the global that Node has and @types/node leaves to the DOM library. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** What assembly/kernel.ts exports. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
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

const PAGE = 65_536;

/** A window in codes: the stored value, minus 32,768 where stored values are unsigned. */
export interface CodeBounds {
  /** -32,768 to 32,767, not above `high`. */
  readonly low: number;
  readonly high: number;
}

/** The WebAssembly instance of this thread; holds the pixels of one slice at a time. */
class Kernel {
  readonly #exports: KernelExports;
  readonly #extremes: number;
  readonly #source: number;
  #count = 0;
  #flip = 0;
  #first = 0;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(kernelBinary, 'base64'));
    // The source of the module states these types; WebAssembly knows only functions.
    this.#exports = new WebAssembly.Instance(module).exports as KernelExports;
    this.#extremes = this.#exports.firstFree();
    this.#source = this.#extremes + 16;
  }

  /** Takes the pixels that the following calls are about. */
  load(values: Int16Array | Uint16Array): void {
    this.#count = values.length;
    this.#flip = values instanceof Uint16Array ? 0x8000 : 0;
    this.#first = (values[0] ?? 0) - this.#flip;
    const needed = this.#output + this.#padded * 4 - this.#exports.memory.buffer.byteLength;
    if (needed > 0) this.#exports.memory.grow(Math.ceil(needed / PAGE));
    const codes = new Uint16Array(this.#exports.memory.buffer, this.#source, this.#padded);
    codes.set(new Uint16Array(values.buffer, values.byteOffset, values.length));
    // Whole groups of eight; the rest is filled with the first pixel and taken off the sum again.
    codes.fill(codes[0] ?? 0, values.length);
  }

  statistics({ low, high }: CodeBounds): { min: number; max: number; mean: number } {
    const sum = this.#exports.statistics(this.#source, this.#padded, this.#flip, low, high, this.#extremes);
    const [min = 0, max = 0] = new Int32Array(this.#exports.memory.buffer, this.#extremes, 2);
    const first = Math.min(high, Math.max(low, this.#first));
    return { min, max, mean: (sum - (this.#padded - this.#count) * first) / this.#count };
  }

  /** Writes (clamped code - low) * factor + base for each pixel. */
  scale({ low, high }: CodeBounds, factor: number, base: number, target: Float32Array): void {
    this.#exports.scale(this.#source, this.#padded, this.#flip, low, high, factor, base, this.#output);
    target.set(new Float32Array(this.#exports.memory.buffer, this.#output, this.#count));
  }

  get #padded(): number {
    return (this.#count + 7) & ~7;
  }

  get #output(): number {
    return this.#source + this.#padded * 2;
  }
}

let instance: Kernel | undefined;

export function kernel(): Kernel {
  return (instance ??= new Kernel());
}
