import { present } from '@ichor/files/present';
import type { Data, RecordBatch } from 'apache-arrow';
import { isAscii, isUtf8 } from 'node:buffer';
import type { ColumnSpec, ColumnValues } from './column.js';
import { damaged } from './damaged.js';
import { TableError } from './error.js';

/** One column of a record batch as a view on the file's buffer; its nulls are checked. */
export function columnData(batch: RecordBatch, name: string, spec: ColumnSpec, file: string): Data {
  const index = batch.schema.fields.findIndex((field) => field.name === name);
  const data: Data = present(batch.data.children[index]);
  if (!spec.nullable && data.nullCount > 0)
    throw new TableError({
      code: 'tables/schema-mismatch',
      file,
      reason: `column ${name} has ${data.nullCount} nulls, expected none`,
    });
  return data;
}

/** One column of a record batch as JavaScript values; numbers are copied out of the file's buffer. */
export function decodeColumn(batch: RecordBatch, name: string, spec: ColumnSpec, file: string): ColumnValues {
  const data = columnData(batch, name, spec, file);
  const hasNulls = data.nullCount > 0;
  const length = data.length;
  switch (spec.kind) {
    case 'utf8':
      return decodeText(data, () => damaged(file, `the texts of column ${name} overlap or are no UTF-8`));
    case 'vector': {
      const size = data.stride;
      return { size, values: present(data.children[0]).values.slice(0, length * size) };
    }
    case 'float32':
    case 'float64': {
      const values: Float32Array | Float64Array = data.values.slice(0, length);
      if (hasNulls) for (let row = 0; row < length; row++) if (!data.getValid(row)) values[row] = NaN;
      return values;
    }
    default:
      return data.values.slice(0, length);
  }
}

function decodeText(data: Data, bad: () => Error): (string | null)[] {
  const { length } = data;
  if (length === 0) return [];
  const offsets: Int32Array = data.valueOffsets;
  const bytes: Uint8Array = data.values;
  const first = offsets[0]!;
  const last = offsets[length]!;
  if (first < 0 || last < first || last > bytes.length) throw bad();
  const used = Buffer.from(bytes.buffer, bytes.byteOffset + first, last - first);
  // One conversion followed by substrings is several times faster than one conversion for each value.
  // Bytes and UTF-16 units line up only in ASCII text.
  const ascii = isAscii(used) ? used.toString('latin1') : undefined;
  if (ascii === undefined && !isUtf8(used)) throw bad();
  const hasNulls = data.nullCount > 0;
  const values = new Array<string | null>(length);
  for (let row = 0; row < length; row++) {
    const from = offsets[row]! - first;
    const to = offsets[row + 1]! - first;
    if (from > to || from < 0 || to > used.length) throw bad();
    if (hasNulls && !data.getValid(row)) values[row] = null;
    else values[row] = ascii === undefined ? used.toString('utf8', from, to) : ascii.slice(from, to);
  }
  return values;
}
