import { badPixels } from '../bad-pixels.js';

/** Bits of a JPEG-LS scan: the byte after ff gives seven bits, and a marker ends the scan (T.87 A.1). */
export class JpegLsBitReader {
  readonly #stream: Uint8Array;
  #position: number;
  #bits = 0;
  #count = 0;
  #afterFf = false;
  #invented = 0;

  constructor(stream: Uint8Array, position: number) {
    this.#stream = stream;
    this.#position = position;
  }

  bit(): number {
    if (this.#count === 0) this.#fill();
    this.#count -= 1;
    return (this.#bits >>> this.#count) & 1;
  }

  /** An unsigned number of 0 to 16 bits. */
  bits(size: number): number {
    if (size === 0) return 0;
    if (this.#count < size) this.#fill();
    this.#count -= size;
    return (this.#bits >>> this.#count) & ((1 << size) - 1);
  }

  /** Number of zero bits before the next one bit, at most `most` + 1. */
  zeros(most: number): number {
    let zeros = 0;
    while (zeros <= most) {
      if (this.#count === 0) this.#fill();
      const window = (this.#bits << (32 - this.#count)) >>> 0;
      const run = Math.min(Math.clz32(window), this.#count);
      zeros += run;
      this.#count -= run;
      if (this.#count > 0) {
        this.#count -= 1;
        return zeros;
      }
    }
    return zeros;
  }

  /** @throws DicomError when more bits were used than the stream has */
  expectReal(): void {
    if (this.#invented > this.#count) throw badPixels('the compressed pixels end too early');
  }

  #fill(): void {
    while (this.#count <= 16) {
      const byte = this.#stream[this.#position];
      const width = this.#afterFf ? 7 : 8;
      const marker =
        byte === 0xff && (this.#stream[this.#position + 1] ?? 0xff) >= 0x80
          ? true
          : this.#afterFf && (byte ?? 0) >= 0x80;
      if (byte === undefined || marker) {
        this.#bits <<= 8;
        this.#count += 8;
        this.#invented += 8;
        this.#afterFf = false;
        continue;
      }
      this.#position += 1;
      this.#bits = (this.#bits << width) | (byte & (width === 7 ? 0x7f : 0xff));
      this.#count += width;
      this.#afterFf = byte === 0xff;
    }
  }
}
