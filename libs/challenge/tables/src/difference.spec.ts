import {
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  Schema,
  Uint8,
  Utf8,
  type DataType,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { schemaDifference } from './difference.js';
import { defineTable, float32, int8, utf8, vector } from './index.js';

const expected = defineTable('small', 2, 'For tests', {
  ID: utf8('Name'),
  x: float32('A number'),
  n: int8('A number'),
  v: vector('Numbers'),
});

const found = (types: Record<string, DataType>, notes: Record<string, string> = {}) =>
  new Schema(
    Object.entries(types).map(([name, type]) => new Field(name, type)),
    new Map(Object.entries(notes)),
  );
const list = (item: DataType) => new FixedSizeList(3, new Field('item', item));

describe('schemaDifference', () => {
  it('names each column that is missing, foreign or of another type', () => {
    const types = { x: new Float64(), n: new Uint8(), v: list(new Float64()), more: new Int32() };
    expect(schemaDifference(found(types), expected)).toEqual([
      'column ID (utf8) is missing',
      'column x is Float64, expected float32',
      'column n is Uint8, expected int8',
      'column v is FixedSizeList[3]<Float64>, expected vector',
      'column more is not expected',
    ]);
  });

  it('names another table and another version', () => {
    const notes = { 'ichor.table': 'large', 'ichor.version': '1' };
    expect(
      schemaDifference(found({ ID: new Utf8() }, notes), {
        ...expected,
        columns: { ID: expected.columns.ID },
      }),
    ).toEqual([
      'the file is a "large" table, expected a "small" table',
      'the file has version 1, expected version 2',
    ]);
  });

  it('is empty for a table without notes whose columns fit in any order', () => {
    const schema = defineTable('two', 1, '', { ID: expected.columns.ID, v: expected.columns.v });
    expect(schemaDifference(found({ v: list(new Float32()), ID: new Utf8() }), schema)).toEqual([]);
  });
});
