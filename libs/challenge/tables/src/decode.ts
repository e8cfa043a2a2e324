import type { Data, RecordBatch } from 'apache-arrow';
import type { ColumnSpec, ColumnValues } from './column.js';
import { TableError } from './error.js';

/** One column of a record batch as it lies in the file's buffer, its nulls checked. */
export function columnData(batch: RecordBatch, name: string, spec: ColumnSpec, file: string): Data {
  const index = batch.schema.fields.findIndex((field) => field.name === name);
  const data: Data = batch.data.children[index]!;
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
      return decodeText(data);
    case 'vector': {
      const size = data.stride;
      return { size, values: data.children[0]!.values.slice(0, length * size) };
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

function decodeText(data: Data): (string | null)[] {
  const { length, valueOffsets } = data;
  const bytes: Uint8Array = data.values;
  const first: number = valueOffsets[0];
  const last: number = valueOffsets[length];
  const used = Buffer.from(bytes.buffer, bytes.byteOffset + first, last - first);
  // One conversion and substrings are several times faster than a conversion for each value.
  // Bytes and UTF-16 units line up only in ASCII text.
  const ascii = isAscii(used) ? used.toString('latin1') : undefined;
  const hasNulls = data.nullCount > 0;
  const values = new Array<string | null>(length);
  for (let row = 0; row < length; row++) {
    const from: number = valueOffsets[row] - first;
    const to: number = valueOffsets[row + 1] - first;
    if (hasNulls && !data.getValid(row)) values[row] = null;
    else values[row] = ascii === undefined ? used.toString('utf8', from, to) : ascii.slice(from, to);
  }
  return values;
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! > 127) return false;
  return true;
}
