import { instantiateKernel, reserve, type KernelMemory } from '@ichor/wasm';
import { imageNoiseTile, TILE } from '../spectral-noise.js';
import { kernelBinary } from './kernel-binary.js';

/** What assembly/kernel.ts exports. */
interface KernelExports {
  readonly memory: KernelMemory;
  firstFree(): number;
  finishRow(
    image: number,
    output: number,
    columns: number,
    above: number,
    below: number,
    t: number,
    noise1: number,
    noise2: number,
    along1: number,
    along2: number,
    mask: number,
    strong: number,
    weak: number,
    faint: number,
    nearlyAir: number,
    outsideCircle: number,
    stored: number,
  ): void;
}

/** How a file stores HU: `intercept` is taken off, then come limits, the bits that are kept, and a value of its own. */
export interface StoredRange {
  readonly intercept: number;
  readonly low: number;
  readonly high: number;
  readonly bits: number;
  /** Stands outside the circle of reconstruction. */
  readonly padding: number;
}

/** Noise of a row: two lines of the tile from columns of it, HU of a step of each, and of the first one in air. */
export interface RowNoise {
  readonly line1: number;
  readonly along1: number;
  readonly line2: number;
  readonly along2: number;
  readonly strong: number;
  readonly weak: number;
  readonly faint: number;
}

/** Values that the kernel tells apart, HU. */
export interface Limits {
  readonly nearlyAir: number;
  readonly outsideCircle: number;
}

/** Pixels that the kernel does at once. */
const GROUP = 8;
const TILE_PITCH = TILE + GROUP;

/** Some rows of pixels in the memory of the kernel. */
export interface KernelRows {
  readonly image: Float32Array;
  /** Bias on the rows of nodes above and below. */
  readonly above: Float32Array;
  readonly below: Float32Array;
  readonly output: Int16Array;
  /** Row `row` of them, at `t` from the nodes above to those below. */
  finish(row: number, t: number, noise: RowNoise): void;
}

/** The WebAssembly instance of this thread; it holds the noise tile and a few rows of one slice. */
class Kernel {
  readonly #exports: KernelExports;
  readonly #stored: number;
  readonly #tile: number;

  constructor() {
    this.#exports = instantiateKernel<KernelExports>(kernelBinary);
    this.#stored = this.#exports.firstFree();
    this.#tile = this.#stored + 16;
    reserve(this.#exports.memory, this.#tile + TILE * TILE_PITCH);
    const heap = new Int8Array(this.#exports.memory.buffer, this.#tile, TILE * TILE_PITCH);
    const tile = imageNoiseTile();
    for (let line = 0; line < TILE; line++) {
      const first = line * TILE;
      heap.set(tile.subarray(first, first + TILE), line * TILE_PITCH);
      heap.set(tile.subarray(first, first + GROUP), line * TILE_PITCH + TILE);
    }
  }

  /** Room for so many rows, valid until the next call. */
  rows(count: number, columns: number, range: StoredRange, limits: Limits): KernelRows {
    const padded = columns + GROUP;
    const above = this.#tile + TILE * TILE_PITCH;
    const below = above + padded * 4;
    const image = below + padded * 4;
    const output = image + (count * columns + GROUP) * 4;
    reserve(this.#exports.memory, output + (count * columns + GROUP) * 2);
    const { buffer } = this.#exports.memory;
    const { intercept, low, high, bits, padding } = range;
    new Int16Array(buffer, this.#stored, 5).set([intercept, low, high, bits, padding]);
    return {
      image: new Float32Array(buffer, image, count * columns),
      above: new Float32Array(buffer, above, columns),
      below: new Float32Array(buffer, below, columns),
      output: new Int16Array(buffer, output, count * columns),
      finish: (row, t, noise) => {
        this.#exports.finishRow(
          image + row * columns * 4,
          output + row * columns * 2,
          columns,
          above,
          below,
          t,
          this.#tile + noise.line1 * TILE_PITCH,
          this.#tile + noise.line2 * TILE_PITCH,
          noise.along1,
          noise.along2,
          TILE - 1,
          noise.strong,
          noise.weak,
          noise.faint,
          limits.nearlyAir,
          limits.outsideCircle,
          this.#stored,
        );
      },
    };
  }
}

let instance: Kernel | undefined;

export function kernel(): Kernel {
  return (instance ??= new Kernel());
}
