import type { Data, Schema } from 'apache-arrow';
import {
  FixedSizeList,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int8,
  makeData,
  RecordBatch,
  Struct,
  Utf8,
} from './arrow.js';
import { isText, type ColumnSpec, type ColumnValues } from './column.js';
import { TableError } from './error.js';
import type { TableSchema } from './schema.js';

/** Columns of equal length as one Arrow record batch. `file` is named in errors. */
export function encodeBatch(
  schema: TableSchema,
  arrow: Schema,
  columns: ReadonlyMap<string, ColumnValues>,
  rows: number,
  file: string,
): RecordBatch {
  const children = Object.entries(schema.columns).map(([name, spec]) => {
    const values = columns.get(name);
    if (values === undefined) throw badColumn(file, `column ${name} is missing`);
    return encodeColumn(spec, values, rows, `column ${name} of table "${schema.name}"`, file);
  });
  return recordBatch(arrow, children, rows);
}

/** Columns in the order of the schema as one record batch. */
export function recordBatch(arrow: Schema, children: Data[], rows: number): RecordBatch {
  const data = makeData({ type: new Struct(arrow.fields), length: rows, nullCount: 0, children });
  return new RecordBatch(arrow, data);
}

function encodeColumn(
  spec: ColumnSpec,
  values: ColumnValues,
  length: number,
  what: string,
  file: string,
): Data {
  if (isText(values)) {
    if (spec.kind === 'utf8') return encodeText(spec, values, what, file);
  } else if ('size' in values) {
    if (spec.kind === 'vector') {
      const { size, values: data } = values;
      const child = makeData({ type: new Float32(), length: data.length, nullCount: 0, data });
      const type = new FixedSizeList(size, new Field('item', new Float32(), false));
      return makeData({ type, length, nullCount: 0, child });
    }
  } else if (values instanceof Int8Array) {
    if (spec.kind === 'int8') return makeData({ type: new Int8(), length, nullCount: 0, data: values });
  } else if (values instanceof Int16Array) {
    if (spec.kind === 'int16') return makeData({ type: new Int16(), length, nullCount: 0, data: values });
  } else if (values instanceof Int32Array) {
    if (spec.kind === 'int32') return makeData({ type: new Int32(), length, nullCount: 0, data: values });
  } else if (values instanceof Float32Array) {
    if (spec.kind === 'float32') {
      const nulls = nanNulls(spec, values, what, file);
      return makeData({ type: new Float32(), length, ...nulls, data: values });
    }
  } else if (spec.kind === 'float64') {
    const nulls = nanNulls(spec, values, what, file);
    return makeData({ type: new Float64(), length, ...nulls, data: values });
  }
  const received = isText(values) ? 'text' : 'size' in values ? 'vectors' : values.constructor.name;
  throw badColumn(file, `${what} is ${spec.kind}, received ${received}`);
}

interface Nulls {
  readonly nullCount: number;
  /** One bit for each row, set where the row has a value; undefined when all rows have one. */
  readonly nullBitmap?: Uint8Array;
}

function nanNulls(spec: ColumnSpec, values: Float32Array | Float64Array, what: string, file: string): Nulls {
  let first = 0;
  while (first < values.length && !Number.isNaN(values[first])) first++;
  if (first === values.length) return { nullCount: 0 };
  if (!spec.nullable) throw badColumn(file, `${what} is NaN in row ${first} of a batch; it has no nulls`);
  return nullsWhere(values.length, (row) => Number.isNaN(values[row]));
}

function nullsWhere(rows: number, isNull: (row: number) => boolean): Nulls {
  const nullBitmap = new Uint8Array(Math.ceil(rows / 8));
  let nullCount = 0;
  for (let row = 0; row < rows; row++) {
    if (isNull(row)) nullCount++;
    else nullBitmap[row >> 3]! |= 1 << (row & 7);
  }
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap };
}

function encodeText(spec: ColumnSpec, values: readonly (string | null)[], what: string, file: string): Data {
  const length = values.length;
  const missing = spec.nullable ? -1 : values.findIndex((text) => text === null || text === undefined);
  if (missing !== -1)
    throw badColumn(file, `${what} has no text in row ${missing} of a batch; it has no nulls`);
  // One conversion of all texts together; `join` writes nothing for a null.
  const joined = values.join('');
  const data = Buffer.from(joined);
  // The number of bytes equals the number of UTF-16 units only in ASCII text.
  const size = data.length === joined.length ? (text: string) => text.length : Buffer.byteLength;
  const valueOffsets = new Int32Array(length + 1);
  for (let row = 0; row < length; row++) valueOffsets[row + 1] = valueOffsets[row]! + size(values[row] ?? '');
  const nulls = spec.nullable ? nullsWhere(length, (row) => values[row] === null) : { nullCount: 0 };
  return makeData({ type: new Utf8(), length, ...nulls, valueOffsets, data });
}

function badColumn(file: string, reason: string): TableError {
  return new TableError({ code: 'tables/bad-columns', file, reason });
}
