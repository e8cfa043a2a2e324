import { badPixels } from '../bad-pixels.js';
import type { HuffmanTable } from './huffman.js';

/** Bits of an entropy-coded segment (T.81 F.2.2.5): stuffed zeros dropped, markers never passed. */
export class BitReader {
  readonly #stream: Uint8Array;
  #position: number;
  #bits = 0;
  #count = 0;
  /** Zero bits supplied beyond a marker or the end. */
  #invented = 0;

  constructor(stream: Uint8Array, position: number) {
    this.#stream = stream;
    this.#position = position;
  }

  /** The next symbol of a Huffman code. */
  symbol(table: HuffmanTable): number {
    if (this.#count < 16) this.#fill();
    const entry = table[(this.#bits >>> (this.#count - 16)) & 0xffff]!;
    if (entry === 0) throw badPixels('the compressed pixels hold a code that is in no Huffman table');
    this.#count -= entry >> 8;
    return entry & 0xff;
  }

  /** A difference of `size` (0..16) bits, sign extended as T.81 F.2.2.1 says. */
  signed(size: number): number {
    if (size === 0) return 0;
    if (this.#count < size) this.#fill();
    this.#count -= size;
    const value = (this.#bits >>> this.#count) & ((1 << size) - 1);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /** @throws DicomError when more bits were used than the stream has */
  expectReal(): void {
    if (this.#invented > this.#count) throw badPixels('the compressed pixels end too early');
  }

  /** Skips to the position after the next restart marker. */
  restart(): void {
    this.expectReal();
    const stream = this.#stream;
    let at = this.#position;
    while (
      at + 1 < stream.length &&
      !(stream[at] === 0xff && stream[at + 1]! >= 0xd0 && stream[at + 1]! <= 0xd7)
    ) {
      // Only fill bits, at most those read ahead, may precede the marker.
      if (stream[at] === 0xff && stream[at + 1] !== 0xff && stream[at + 1] !== 0) break;
      at += 1;
    }
    const code = stream[at + 1];
    if (stream[at] !== 0xff || code === undefined || code < 0xd0 || code > 0xd7) {
      throw badPixels('a JPEG restart marker is missing');
    }
    this.#position = at + 2;
    this.#bits = 0;
    this.#count = 0;
    this.#invented = 0;
  }

  #fill(): void {
    const stream = this.#stream;
    while (this.#count <= 16) {
      let byte = 0;
      if (this.#position >= stream.length) {
        this.#invented += 8;
      } else {
        byte = stream[this.#position]!;
        if (byte !== 0xff) {
          this.#position += 1;
        } else if (stream[this.#position + 1] === 0) {
          this.#position += 2;
        } else {
          byte = 0;
          this.#invented += 8;
        }
      }
      this.#bits = (this.#bits << 8) | byte;
      this.#count += 8;
    }
  }
}
