import { present } from '@ichor/files/present';
import type { Schema } from 'apache-arrow';
import { DataType } from './arrow.js';
import { TABLE_KEY, VERSION_KEY } from './arrow-schema.js';
import type { ColumnKind } from './column.js';
import type { TableSchema } from './schema.js';

/**
 * The differences between a file and a schema, one phrase each; empty when the file can be read.
 *
 * The order of the columns does not matter. A file without Ichor's own metadata (written by pandas, for example)
 * is accepted when its columns fit.
 */
export function schemaDifference(found: Schema, expected: TableSchema): string[] {
  const differences: string[] = [];
  const name = found.metadata.get(TABLE_KEY);
  if (name !== undefined && name !== expected.name)
    differences.push(`the file is a "${name}" table, expected a "${expected.name}" table`);
  const version = found.metadata.get(VERSION_KEY);
  if (version !== undefined && Number(version) !== expected.version)
    differences.push(`the file has version ${version}, expected version ${expected.version}`);

  const types = new Map(found.fields.map((field) => [field.name, field.type]));
  for (const [column, spec] of Object.entries(expected.columns)) {
    const type: DataType | undefined = types.get(column);
    if (type === undefined) differences.push(`column ${column} (${spec.kind}) is missing`);
    else if (kindOf(type) !== spec.kind)
      differences.push(`column ${column} is ${String(type)}, expected ${spec.kind}`);
  }
  for (const column of types.keys())
    if (expected.columns[column] === undefined) differences.push(`column ${column} is not expected`);
  return differences;
}

function kindOf(type: DataType): ColumnKind | undefined {
  if (DataType.isUtf8(type)) return 'utf8';
  if (DataType.isInt(type) && type.isSigned) {
    if (type.bitWidth === 8) return 'int8';
    if (type.bitWidth === 16) return 'int16';
    if (type.bitWidth === 32) return 'int32';
  }
  // Precision: 1 single, 2 double (Arrow's Schema.fbs).
  if (DataType.isFloat(type) && type.precision === 1) return 'float32';
  if (DataType.isFloat(type) && type.precision === 2) return 'float64';
  if (DataType.isFixedSizeList(type)) {
    const item: DataType = present(type.children[0]).type;
    if (DataType.isFloat(item) && item.precision === 1) return 'vector';
  }
  return undefined;
}
