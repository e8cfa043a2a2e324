import { badPixels } from '../bad-pixels.js';
import type { JpegLsBitReader } from './bit-reader.js';
import type { JpegLsHeader } from './header.js';

/** Regular contexts 1..364, then those of interrupted runs (T.87 A.2, A.3.4). */
const CONTEXTS = 367;
const RUN_CONTEXT = 365;

/** log2 of the run length that one bit encodes (T.87 A.2.1, J). */
const RUN_ORDER = Uint8Array.of(
  ...[0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3],
  ...[4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15],
);

/** No valid stream has a Golomb parameter above the bits of a sample. */
const MOST_GOLOMB = 16;

/** Decodes the rows of a scan one after the other; the statistics of the contexts continue from row to row. */
export class ScanDecoder {
  readonly #reader: JpegLsBitReader;
  readonly #near: number;
  readonly #step: number;
  readonly #maximum: number;
  readonly #range: number;
  readonly #rangeBits: number;
  readonly #limit: number;
  readonly #reset: number;
  /** Class -4..4 of a gradient, by gradient + maximum. */
  readonly #classes: Int8Array;
  // The variables of T.87 A.3.4 for every context: sums of magnitudes and of errors, corrections, counts.
  readonly #magnitude: Int32Array;
  readonly #bias = new Int32Array(CONTEXTS);
  readonly #correction = new Int32Array(CONTEXTS);
  readonly #count = new Int32Array(CONTEXTS).fill(1);
  readonly #negative = new Int32Array(2);
  #runIndex = 0;

  constructor({ near, maximum, thresholds, reset }: JpegLsHeader, reader: JpegLsBitReader) {
    this.#reader = reader;
    this.#near = near;
    this.#step = 2 * near + 1;
    this.#maximum = maximum;
    this.#range = Math.floor((maximum + 2 * near) / this.#step) + 1;
    this.#rangeBits = Math.ceil(Math.log2(this.#range));
    const sampleBits = Math.max(2, Math.ceil(Math.log2(maximum + 1)));
    this.#limit = 2 * (sampleBits + Math.max(8, sampleBits));
    this.#reset = reset;
    this.#magnitude = new Int32Array(CONTEXTS).fill(Math.max(2, (this.#range + 32) >> 6));
    this.#classes = Int8Array.from({ length: 2 * maximum + 1 }, (_, i) =>
      classOf(i - maximum, near, thresholds),
    );
  }

  /** `above` and `row` have one more sample at each end; `row[0]` is set, the others are decoded. */
  decodeRow(above: Int32Array, row: Int32Array): void {
    const columns = row.length - 2;
    const near = this.#near;
    for (let x = 1; x <= columns;) {
      const a = row[x - 1]!;
      const b = above[x]!;
      const c = above[x - 1]!;
      const d = above[x + 1]!;
      if (Math.abs(d - b) <= near && Math.abs(b - c) <= near && Math.abs(c - a) <= near) {
        x = this.#run(above, row, x, columns);
      } else {
        row[x] = this.#regular(a, b, c, d);
        x += 1;
      }
    }
  }

  /** One sample by its context (T.87 A.4 to A.6). */
  #regular(a: number, b: number, c: number, d: number): number {
    const classes = this.#classes;
    const middle = this.#maximum;
    const signed = 81 * classes[d - b + middle]! + 9 * classes[b - c + middle]! + classes[c - a + middle]!;
    const sign = signed < 0 ? -1 : 1;
    const context = signed * sign;
    const count = this.#count[context]!;
    const bias = this.#bias[context]!;
    const k = golomb(count, this.#magnitude[context]!);
    const mapped = this.#code(k, this.#limit);
    let error = (mapped & 1) === 0 ? mapped >> 1 : -((mapped + 1) >> 1);
    // With k = 0 and a negative mean the two signs change places.
    if (k === 0 && this.#near === 0 && 2 * bias <= -count) error = -error - 1;
    const low = Math.min(a, b);
    const high = Math.max(a, b);
    const predicted = (c >= high ? low : c <= low ? high : a + b - c) + sign * this.#correction[context]!;
    this.#update(context, error);
    return this.#reconstruct(clamp(predicted, this.#maximum), sign * error);
  }

  /** A run of samples near their left neighbour and the one that ends it; returns the next column (T.87 A.7). */
  #run(above: Int32Array, row: Int32Array, start: number, columns: number): number {
    const value = row[start - 1]!;
    let x = start;
    while (this.#reader.bit() === 1) {
      const length = 1 << RUN_ORDER[this.#runIndex]!;
      const end = Math.min(x + length, columns + 1);
      row.fill(value, x, end);
      if (end - x === length && this.#runIndex < 31) this.#runIndex += 1;
      x = end;
      if (x > columns) return x;
    }
    const order = RUN_ORDER[this.#runIndex]!;
    const rest = x + this.#reader.bits(order);
    if (rest > columns) throw badPixels('a JPEG-LS run passes the end of its row');
    row.fill(value, x, rest);
    row[rest] = this.#interruption(value, above[rest]!, order);
    if (this.#runIndex > 0) this.#runIndex -= 1;
    return rest + 1;
  }

  #interruption(a: number, b: number, order: number): number {
    const type = Math.abs(a - b) <= this.#near ? 1 : 0;
    const context = RUN_CONTEXT + type;
    const count = this.#count[context]!;
    const magnitude = this.#magnitude[context]! + (type === 1 ? count >> 1 : 0);
    const k = golomb(count, magnitude);
    const mapped = this.#code(k, this.#limit - order - 1);
    const doubled = mapped + type;
    const odd = (doubled & 1) === 1;
    const size = (doubled + (doubled & 1)) >> 1;
    const negative = (k !== 0 || 2 * this.#negative[type]! >= count) === odd;
    const error = negative ? -size : size;
    if (error < 0) this.#negative[type]! += 1;
    this.#magnitude[context]! += (mapped + 1 - type) >> 1;
    if (count === this.#reset) {
      this.#magnitude[context]! >>= 1;
      this.#count[context]! >>= 1;
      this.#negative[type]! >>= 1;
    }
    this.#count[context]! += 1;
    const sign = type === 0 && a > b ? -1 : 1;
    return this.#reconstruct(type === 1 ? a : b, sign * error);
  }

  /** A number in the limited-length Golomb code (T.87 A.5.3). */
  #code(k: number, limit: number): number {
    const most = limit - this.#rangeBits - 1;
    const zeros = this.#reader.zeros(most);
    if (zeros < most) return (zeros << k) + this.#reader.bits(k);
    if (zeros > most) throw badPixels('a JPEG-LS code is longer than allowed');
    return this.#reader.bits(this.#rangeBits) + 1;
  }

  #update(context: number, error: number): void {
    let bias = this.#bias[context]! + error * this.#step;
    let count = this.#count[context]!;
    this.#magnitude[context]! += Math.abs(error);
    if (count === this.#reset) {
      this.#magnitude[context]! >>= 1;
      bias >>= 1;
      count >>= 1;
    }
    count += 1;
    let correction = this.#correction[context]!;
    if (bias <= -count) {
      bias = Math.max(bias + count, 1 - count);
      if (correction > -128) correction -= 1;
    } else if (bias > 0) {
      bias = Math.min(bias - count, 0);
      if (correction < 127) correction += 1;
    }
    this.#bias[context] = bias;
    this.#count[context] = count;
    this.#correction[context] = correction;
  }

  #reconstruct(predicted: number, error: number): number {
    const wrap = this.#range * this.#step;
    let value = predicted + error * this.#step;
    if (value < -this.#near) value += wrap;
    else if (value > this.#maximum + this.#near) value -= wrap;
    return clamp(value, this.#maximum);
  }
}

/** The smallest k with count * 2^k >= magnitude. */
function golomb(count: number, magnitude: number): number {
  let k = 0;
  while (count << k < magnitude) {
    if (++k > MOST_GOLOMB) throw badPixels('the JPEG-LS pixels are damaged');
  }
  return k;
}

function classOf(gradient: number, near: number, [t1, t2, t3]: JpegLsHeader['thresholds']): number {
  const size = Math.abs(gradient);
  const level = size <= near ? 0 : size < t1 ? 1 : size < t2 ? 2 : size < t3 ? 3 : 4;
  return gradient < 0 ? -level : level;
}

function clamp(value: number, maximum: number): number {
  return value < 0 ? 0 : value > maximum ? maximum : value;
}
