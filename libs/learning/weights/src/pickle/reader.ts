/** Thrown when a pickle needs more bytes than are available; the caller may have more of the file. */
export class PickleEnd extends Error {
  override readonly name = 'PickleEnd';
}

/** A cursor over pickle bytes. Lengths are compared with what is left before anything is copied. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** As a number; lengths beyond 2^53 end at the next bounds check in any case. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  /** Pickle's one big-endian field. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  bytes(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.slice(start, start + length);
  }

  text(length: number): string {
    const start = this.#advance(length);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }

  /** Up to the next newline, which is consumed. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw new PickleEnd();
    const line = this.text(end - this.#position);
    this.#position++;
    return line;
  }

  /** A little-endian two's complement integer, as a number where that is exact. */
  integer(length: number): number | bigint {
    let value = 0n;
    const bytes = this.bytes(length);
    for (let i = length - 1; i >= 0; i--) value = value * 256n + BigInt(bytes[i] ?? 0);
    const signed = BigInt.asIntN(8 * length, value);
    const number = Number(signed);
    return Number.isSafeInteger(number) ? number : signed;
  }

  #advance(length: number): number {
    const start = this.#position;
    if (!(length >= 0 && start + length <= this.#bytes.byteLength)) throw new PickleEnd();
    this.#position = start + length;
    return start;
  }
}
