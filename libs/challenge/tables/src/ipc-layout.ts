import type { FileHandle } from 'node:fs/promises';
import { present } from '@ichor/files/present';
import { FlatBuffer, int64At, type FlatTable } from './flat-buffer.js';

// Checks the metadata of an Arrow IPC file before the library decodes it.
// https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format; the numbers of fields follow File.fbs, Schema.fbs
// and Message.fbs of the format.

/** A record batch of the file, in bytes. */
interface Block {
  readonly offset: number;
  readonly metadata: number;
  readonly body: number;
}

/** One array of a column: the Arrow number of its type, and the required content of its buffers. */
interface ArrayLayout {
  /** Bytes a value; 'text' for offsets and characters, 'none' for a list that has its values in a child. */
  readonly values: number | 'text' | 'none';
  readonly child?: { readonly size: number; readonly values: number };
}

export interface IpcLayout {
  readonly blocks: readonly Block[];
  readonly arrays: readonly ArrayLayout[];
}

/** A column of an Arrow type that no table of Ichor has; the file itself may be intact. */
export class ForeignColumn extends Error {}

const TYPE = { int: 2, float: 3, utf8: 5, fixedSizeList: 16 } as const;
/** The most common types that no table of Ichor has. */
const FOREIGN: Readonly<Record<number, string>> = {
  4: 'Binary',
  6: 'Bool',
  7: 'Decimal',
  8: 'Date',
  10: 'Timestamp',
  20: 'LargeUtf8',
  24: 'Utf8View',
};
const SCHEMA = 1;
const RECORD_BATCH = 3;
const CONTINUATION = 0xffffffff;
const MAGIC_BYTES = 6;
/** The first message follows the magic bytes and two of padding. */
const FIRST = 8;
/** A mark, a length and the smallest message. The mark and length of the end, 8 bytes, are less. */
const LEAST_METADATA = 16;
/** Largest size of a footer or of a batch's header: 10,000 columns take about 3 MB. */
const LARGEST_METADATA = 64 * 2 ** 20;

/**
 * Reads and checks the footer: the columns, and that every record batch lies inside the file.
 *
 * @throws RangeError, TypeError when something does not fit; ForeignColumn
 */
export async function readIpcLayout(handle: FileHandle, size: number): Promise<IpcLayout> {
  const tail = MAGIC_BYTES + 4;
  if (size < 2 * MAGIC_BYTES + 6) throw new RangeError(`${size} bytes are too few`);
  const length = (await readAt(handle, size - tail, 4)).getInt32(0, true);
  if (length < 8 || length > size - tail - MAGIC_BYTES || length > LARGEST_METADATA)
    throw new RangeError(`a footer of ${length} bytes in a file of ${size}`);
  const footer = new FlatBuffer(bytesOf(await readAt(handle, size - tail - length, length))).root();
  const schema = footer.table(1);
  if (schema === undefined) throw new RangeError('the footer has no schema');
  if (schema.int16(0) !== 0) throw new RangeError('it was written on a big-endian machine');
  checkNotes(schema, 2);
  const names = new Set<string>();
  const arrays = schema.tables(1).map((field) => {
    const name = field.text(0);
    if (names.has(name)) throw new RangeError(`column ${name} occurs twice`);
    names.add(name);
    return arrayOf(field, name, true);
  });
  if (footer.structures(2, 24).length > 0) throw new ForeignColumn('the file has dictionaries');
  checkNotes(footer, 4);
  const end = size - tail - length;
  const blocks = footer.structures(3, 24).map((block, i): Block => {
    const [offset, metadata, body] = [int64At(block, 0), block.getInt32(8, true), int64At(block, 16)];
    if (
      offset < MAGIC_BYTES ||
      metadata < LEAST_METADATA ||
      metadata > LARGEST_METADATA ||
      offset + metadata + body > end
    )
      throw new RangeError(`record batch ${i} reaches beyond the end`);
    return { offset, metadata, body };
  });
  // Without this check, the rows of batches that the footer does not list are lost silently.
  let reached = await firstBatch(handle, end);
  for (const { offset, metadata, body } of blocks) {
    if (offset !== reached) throw new RangeError(`a record batch at ${offset}, expected at ${reached}`);
    reached += metadata + body;
  }
  if (end - reached >= LEAST_METADATA)
    throw new RangeError(`bytes ${reached} to ${end} belong to no record batch`);
  return { blocks, arrays };
}

/**
 * Checks one record batch: as many arrays as columns, each buffer inside the batch and large enough for its rows.
 *
 * @throws RangeError, TypeError
 */
export async function checkRecordBatch(
  handle: FileHandle,
  { blocks, arrays }: IpcLayout,
  i: number,
): Promise<void> {
  const block = present(blocks[i]);
  const batch = await readBatch(handle, block, i);
  const rows = batch.int64(0);
  const check = new BatchCheck(batch, block, i);
  for (const { values, child } of arrays) {
    check.array(values, rows);
    if (child !== undefined) check.array(child.values, rows * child.size);
  }
  check.end();
  for (const { at, bytes, length, nulls } of check.bitmaps) {
    const found = countZeros(bytesOf(await readAt(handle, at, bytes)), length);
    if (found !== nulls) throw new RangeError(`record batch ${i} has ${found} nulls, but states ${nulls}`);
  }
}

/** The description of batch `i`, at the place that the footer gives. */
async function readBatch(
  handle: FileHandle,
  { offset, metadata, body }: Block,
  i: number,
): Promise<FlatTable> {
  const prefix = await readAt(handle, offset, metadata);
  const length = prefix.getInt32(4, true);
  if (prefix.getUint32(0, true) !== CONTINUATION || length < 8 || length > metadata - 8)
    throw new RangeError(`record batch ${i} does not begin where the footer says`);
  const message = new FlatBuffer(bytesOf(prefix).subarray(8, 8 + length)).root();
  checkNotes(message, 4);
  const batch = message.table(2);
  if (message.uint8(1) !== RECORD_BATCH || batch === undefined || message.int64(3) !== body)
    throw new RangeError(`record batch ${i} is not a record batch, or its length is not that in the footer`);
  if (batch.has(3)) throw new RangeError('its batches are compressed; write it without compression');
  if (batch.has(4))
    throw new RangeError(
      'its record batches have columns with a variable number of buffers, which are not supported',
    );
  return batch;
}

/** One bit for each row, set where there is a value. */
interface Bitmap {
  /** Position in the file. */
  readonly at: number;
  readonly bytes: number;
  readonly length: number;
  /** Number of bits that are not set, according to the batch. */
  readonly nulls: number;
}

/** Compares the arrays and buffers that a record batch lists, in their order, with what the columns need. */
class BatchCheck {
  /** Bitmaps that are later compared with the bytes themselves. */
  readonly bitmaps: Bitmap[] = [];
  readonly #nodes: readonly DataView[];
  readonly #buffers: readonly DataView[];
  readonly #block: Block;
  readonly #name: string;
  #node = 0;
  #buffer = 0;

  constructor(batch: FlatTable, block: Block, i: number) {
    this.#nodes = batch.structures(1, 16);
    this.#buffers = batch.structures(2, 16);
    this.#block = block;
    this.#name = `record batch ${i}`;
  }

  /** The next array, which must hold `length` values. */
  array(values: ArrayLayout['values'], length: number): void {
    const view = this.#nodes[this.#node++];
    if (view === undefined) throw new RangeError(`${this.#name} has too few arrays`);
    const [found, nulls] = [int64At(view, 0), int64At(view, 8)];
    if (found !== length || nulls > length)
      throw new RangeError(`${this.#name}: ${found} values, ${nulls} of them null, in ${length} rows`);
    const least = Math.ceil(length / 8);
    const validity = this.#next('validity', nulls > 0 ? least : 0);
    if (validity.bytes >= least && least > 0)
      this.bitmaps.push({ at: validity.start, bytes: least, length, nulls });
    if (values === 'text') {
      this.#next('offsets', length === 0 ? 0 : 4 * (length + 1));
      this.#next('text', 0);
    } else if (values !== 'none') this.#next('values', length * values);
  }

  /** @throws RangeError when the batch lists more arrays or buffers than were checked */
  end(): void {
    if (this.#node !== this.#nodes.length || this.#buffer !== this.#buffers.length)
      throw new RangeError(`${this.#name} has more arrays than the file has columns`);
  }

  /** The next buffer; it must have at least `least` bytes. */
  #next(what: string, least: number): { readonly start: number; readonly bytes: number } {
    const { offset, metadata, body } = this.#block;
    const view = this.#buffers[this.#buffer++];
    if (view === undefined) throw new RangeError(`${this.#name} has too few buffers`);
    const [start, bytes] = [int64At(view, 0), int64At(view, 8)];
    if (start % 8 !== 0 || start + bytes > body || bytes < least)
      throw new RangeError(`${this.#name}: ${what} of ${bytes} bytes at ${start}, ${least} needed`);
    return { start: offset + metadata + start, bytes };
  }
}

/** Start of the record batches: some writers put the schema before them, and not only into the footer. */
async function firstBatch(handle: FileHandle, end: number): Promise<number> {
  if (end - FIRST < LEAST_METADATA) return FIRST;
  const prefix = await readAt(handle, FIRST, 8);
  const length = prefix.getInt32(4, true);
  if (prefix.getUint32(0, true) !== CONTINUATION || length < 8 || FIRST + 8 + length > end)
    throw new RangeError('no message follows its beginning');
  const message = new FlatBuffer(bytesOf(await readAt(handle, FIRST + 8, length))).root();
  return message.uint8(1) === SCHEMA ? FIRST + 8 + length : FIRST;
}

/** Number of bits that are not set among the first `length`, lowest first. */
function countZeros(bitmap: Uint8Array, length: number): number {
  let zeros = 0;
  for (let bit = 0; bit < length; bit++) if (((bitmap[bit >> 3]! >> (bit & 7)) & 1) === 0) zeros++;
  return zeros;
}

function arrayOf(field: FlatTable, name: string, top: boolean): ArrayLayout {
  const foreign = (what: string) => new ForeignColumn(`column ${name} is ${what}`);
  if (field.has(4)) throw foreign('a dictionary');
  checkNotes(field, 6);
  const type = field.table(3);
  const children = field.tables(5);
  const kind = field.uint8(2);
  if (type === undefined) throw new RangeError(`column ${name} has no type`);
  if (kind !== TYPE.fixedSizeList && children.length > 0) throw foreign('nested');
  switch (kind) {
    case TYPE.int: {
      const bits = type.int32(0);
      if (![8, 16, 32, 64].includes(bits))
        throw new RangeError(`column ${name} has integers of ${bits} bits`);
      return { values: bits / 8 };
    }
    case TYPE.float: {
      const precision = type.int16(0);
      if (![0, 1, 2].includes(precision))
        throw new RangeError(`column ${name} has floats of precision ${precision}`);
      return { values: 2 << precision };
    }
    case TYPE.utf8:
      return { values: 'text' };
    case TYPE.fixedSizeList: {
      const [item] = children;
      const size = type.int32(0);
      if (!top || item === undefined || children.length > 1) throw foreign('a list of lists');
      if (size < 0) throw new RangeError(`column ${name} has vectors of ${size} numbers`);
      const { values } = arrayOf(item, name, false);
      if (typeof values !== 'number') throw foreign('a list of texts');
      return { values: 'none', child: { size, values } };
    }
    default:
      throw foreign(FOREIGN[kind] ?? `of the Arrow type ${kind}`);
  }
}

/** Notes are pairs of texts; they are read only to check that they exist. */
function checkNotes(of: FlatTable, field: number): void {
  for (const note of of.tables(field)) {
    note.text(0);
    note.text(1);
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<DataView> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new RangeError(`it ends after ${position + filled} bytes`);
    filled += bytesRead;
  }
  return new DataView(bytes.buffer);
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
