import type { DataType } from 'apache-arrow';
import { Field, FixedSizeList, Float32, Float64, Int16, Int32, Int8, Schema, Utf8 } from './arrow.js';
import type { ColumnSpec } from './column.js';
import type { TableSchema } from './schema.js';

export const TABLE_KEY = 'ichor.table';
export const VERSION_KEY = 'ichor.version';

/** The Arrow type of a column; `size` is the length of the vectors of a vector column. */
export function arrowType(spec: ColumnSpec, size: number): DataType {
  switch (spec.kind) {
    case 'utf8':
      return new Utf8();
    case 'int8':
      return new Int8();
    case 'int16':
      return new Int16();
    case 'int32':
      return new Int32();
    case 'float32':
      return new Float32();
    case 'float64':
      return new Float64();
    case 'vector':
      return new FixedSizeList(size, new Field('item', new Float32(), false));
  }
}

/** The Arrow schema with names, units and descriptions as metadata. */
export function arrowSchema(
  schema: TableSchema,
  vectorSizes: ReadonlyMap<string, number>,
  metadata: Readonly<Record<string, string>>,
): Schema {
  const fields = Object.entries(schema.columns).map(([name, spec]) => {
    const notes = new Map([['description', spec.description]]);
    if (spec.unit !== undefined) notes.set('unit', spec.unit);
    return new Field(name, arrowType(spec, vectorSizes.get(name) ?? 1), spec.nullable, notes);
  });
  return new Schema(
    fields,
    new Map([
      [TABLE_KEY, schema.name],
      [VERSION_KEY, String(schema.version)],
      ['description', schema.description],
      ...Object.entries(metadata),
    ]),
  );
}
