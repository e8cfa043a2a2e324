/** Allowance for sharing: writers may store equal texts only once. */
const SHARED = 4;

/**
 * Reads FlatBuffers from an untrusted file: every position, length and count is compared with the available bytes
 * before it is used. The library trusts these values, and loops for hours over a length that a flipped bit has made
 * huge.
 *
 * Any contradiction is a RangeError.
 *
 * @see https://flatbuffers.dev/internals/
 */
export class FlatBuffer {
  readonly view: DataView;
  /** Bytes that may still be read: many pointers to one place would make the reading of a small file endless. */
  #left: number;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#left = SHARED * bytes.byteLength;
  }

  root(): FlatTable {
    return new FlatTable(this, this.view.getUint32(0, true));
  }

  /** Counts bytes that are read. In a valid buffer few bytes are reached twice. */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left < 0) throw new RangeError('its parts overlap');
  }

  /** Where the elements of the vector begin, and how many there are. */
  vector(at: number, elementBytes: number): { readonly at: number; readonly length: number } {
    const length = this.view.getUint32(at, true);
    if (length * elementBytes > this.view.byteLength - at - 4)
      throw new RangeError(`a vector of ${length} elements reaches beyond the end`);
    this.spend(4 + length * elementBytes);
    return { at: at + 4, length };
  }

  /** Follows the offset at a position. */
  follow(at: number): number {
    return at + this.view.getUint32(at, true);
  }
}

/** A table of a FlatBuffer; fields are numbered in the order of the format's schema. */
export class FlatTable {
  readonly #buffer: FlatBuffer;
  readonly #at: number;
  readonly #slots: number;

  constructor(buffer: FlatBuffer, at: number) {
    buffer.spend(4);
    this.#buffer = buffer;
    this.#at = at;
    this.#slots = at - buffer.view.getInt32(at, true);
  }

  has(field: number): boolean {
    return this.#find(field) !== undefined;
  }

  uint8(field: number): number {
    const at = this.#find(field);
    return at === undefined ? 0 : this.#buffer.view.getUint8(at);
  }

  int16(field: number): number {
    const at = this.#find(field);
    return at === undefined ? 0 : this.#buffer.view.getInt16(at, true);
  }

  int32(field: number): number {
    const at = this.#find(field);
    return at === undefined ? 0 : this.#buffer.view.getInt32(at, true);
  }

  int64(field: number): number {
    const at = this.#find(field);
    return at === undefined ? 0 : int64At(this.#buffer.view, at);
  }

  table(field: number): FlatTable | undefined {
    const at = this.#find(field);
    return at === undefined ? undefined : new FlatTable(this.#buffer, this.#buffer.follow(at));
  }

  tables(field: number): FlatTable[] {
    const { at, length } = this.#vector(field, 4);
    return Array.from({ length }, (_, i) => new FlatTable(this.#buffer, this.#buffer.follow(at + 4 * i)));
  }

  /** Structures of one size, one after the other, as views on their bytes. */
  structures(field: number, bytes: number): DataView[] {
    const { at, length } = this.#vector(field, bytes);
    const { buffer, byteOffset } = this.#buffer.view;
    return Array.from({ length }, (_, i) => new DataView(buffer, byteOffset + at + bytes * i, bytes));
  }

  text(field: number): string {
    const { at, length } = this.#vector(field, 1);
    const { buffer, byteOffset } = this.#buffer.view;
    return Buffer.from(buffer, byteOffset + at, length).toString('utf8');
  }

  #vector(field: number, elementBytes: number): { readonly at: number; readonly length: number } {
    const at = this.#find(field);
    return at === undefined
      ? { at: 0, length: 0 }
      : this.#buffer.vector(this.#buffer.follow(at), elementBytes);
  }

  /** Where a field lies; undefined when the table leaves it out. */
  #find(field: number): number | undefined {
    const { view } = this.#buffer;
    const slot = 4 + 2 * field;
    if (slot >= view.getUint16(this.#slots, true)) return undefined;
    const offset = view.getUint16(this.#slots + slot, true);
    return offset === 0 ? undefined : this.#at + offset;
  }
}

/** A number that is exact and not negative, as lengths and offsets must be. */
export function int64At(view: DataView, at: number): number {
  const value = Number(view.getBigInt64(at, true));
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`a length or an offset of ${value}`);
  return value;
}
