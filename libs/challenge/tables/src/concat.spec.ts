import { describe, expect, it } from 'vitest';
import { rowsOf, type ColumnKind, type ColumnValues } from './column.js';
import { concat, concatColumns, emptyColumn } from './concat.js';

describe('parts of a column', () => {
  it.each<[string, ColumnValues, ColumnValues, ColumnValues]>([
    ['texts', ['a', null], ['b'], ['a', null, 'b']],
    ['int8', Int8Array.of(1), Int8Array.of(-2, 3), Int8Array.of(1, -2, 3)],
    ['int16', Int16Array.of(1), Int16Array.of(-2), Int16Array.of(1, -2)],
    ['int32', Int32Array.of(1), Int32Array.of(-2), Int32Array.of(1, -2)],
    ['float32', Float32Array.of(1), Float32Array.of(NaN), Float32Array.of(1, NaN)],
    ['float64', Float64Array.of(1), Float64Array.of(0.1), Float64Array.of(1, 0.1)],
    [
      'vectors',
      { size: 2, values: Float32Array.of(1, 2) },
      { size: 2, values: Float32Array.of(3, 4, 5, 6) },
      { size: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    ],
  ])('are concatenated: %s', (_, first, second, all) => {
    expect(concat([first, second])).toEqual(all);
    expect(rowsOf(all)).toBe(rowsOf(first) + rowsOf(second));
  });

  it('must have one type', () => {
    expect(() => concat([Int8Array.of(1), Int16Array.of(2)])).toThrow('Int8Array, Int16Array');
    expect(() => concat([['a'], Int16Array.of(2)])).toThrow(TypeError);
    expect(() => concat([{ size: 1, values: Float32Array.of(1) }, Float32Array.of(2)])).toThrow(TypeError);
    expect(() => concat([])).toThrow(TypeError);
  });

  it('keep the names of their columns', () => {
    const piece = (x: number) => new Map<string, ColumnValues>([['ID', [`ID_${x}`]], ['x', Int8Array.of(x)]]); // prettier-ignore
    expect(concatColumns([piece(1), piece(2)])).toEqual(
      new Map<string, ColumnValues>([['ID', ['ID_1', 'ID_2']], ['x', Int8Array.of(1, 2)]]), // prettier-ignore
    );
    expect(concatColumns([])).toEqual(new Map());
  });
});

describe('a column without rows', () => {
  it.each<ColumnKind>(['utf8', 'int8', 'int16', 'int32', 'float32', 'float64', 'vector'])('%s', (kind) => {
    const column = emptyColumn({ kind, nullable: false, description: '', unit: undefined });
    expect(rowsOf(column)).toBe(0);
  });
});
