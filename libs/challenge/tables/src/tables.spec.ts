import { mkdtemp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  columnsFromRows,
  defineTable,
  featuresTable,
  float64,
  int8,
  LABELS,
  nullableFloat32,
  nullableUtf8,
  openTableWriter,
  predictionsTable,
  readBatches,
  readMetadata,
  readTable,
  utf8,
  writeTable,
} from './index.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-tables-'));
  path = join(folder, 'a.arrow');
});

const small = defineTable('small', 3, 'For tests', {
  ID: utf8('Name'),
  note: nullableUtf8('Perhaps nothing'),
  score: nullableFloat32('Perhaps nothing', 'probability'),
  z: float64('Position', 'mm'),
  fold: int8('Fold'),
});
const rows = (from: number, count: number) => ({
  ID: Array.from({ length: count }, (_, i) => `ID_${from + i}${i % 7 === 0 ? 'ü–🧠' : ''}`),
  note: Array.from({ length: count }, (_, i) => (i % 3 === 0 ? null : i % 3 === 1 ? '' : `n${from + i}`)),
  score: Float32Array.from({ length: count }, (_, i) => (i % 5 === 0 ? NaN : (from + i) / 64)),
  z: Float64Array.from({ length: count }, (_, i) => (from + i) / 3),
  fold: Int8Array.from({ length: count }, (_, i) => (from + i) % 5),
});

describe('a table written and read', () => {
  it('holds the same values, nulls and notes, over several record batches', async () => {
    const writer = await openTableWriter(path, small, { batchRows: 10, metadata: { model: 'm' } });
    await writer.append(rows(0, 7));
    await writer.append(rows(7, 7));
    await writer.append(rows(14, 0));
    await writer.append(rows(14, 3));
    expect(await readdir(folder)).toHaveLength(1);
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
    await writer.close();
    expect(writer.rows).toBe(17);

    const table = await readTable(path, small);
    const pieces = [rows(0, 7), rows(7, 7), rows(14, 3)];
    expect(table.rows).toBe(17);
    expect(table.metadata.get('model')).toBe('m');
    expect((await readMetadata(path, small)).get('model')).toBe('m');
    expect(table.columns.ID).toEqual(pieces.flatMap((p) => p.ID));
    expect(table.columns.note).toEqual(pieces.flatMap((p) => p.note));
    expect(table.columns.score).toEqual(Float32Array.from(pieces.flatMap((p) => [...p.score])));
    expect(table.columns.z).toEqual(Float64Array.from(pieces.flatMap((p) => [...p.z])));
    expect(table.columns.fold).toEqual(Int8Array.from(pieces.flatMap((p) => [...p.fold])));

    const batches: number[] = [];
    for await (const batch of readBatches(path, small, { columns: ['z'] })) {
      expect(Object.keys(batch.columns)).toEqual(['z']);
      batches.push(batch.rows);
    }
    expect(batches).toEqual([14, 3]);
  });

  it('may have no rows', async () => {
    await writeTable(path, small, rows(0, 0));
    expect(await readTable(path, small)).toMatchObject({
      rows: 0,
      columns: { ID: [], z: new Float64Array() },
    });
  });

  it('keeps vectors together', async () => {
    const values = Float32Array.from({ length: 12 }, (_, i) => i / 2);
    const writer = await openTableWriter(path, featuresTable);
    await writer.append({ ID: ['a', 'b'], features: { size: 4, values: values.slice(0, 8) } });
    await writer.append({ ID: ['c'], features: { size: 4, values: values.slice(8) } });
    await writer.close();
    const { columns } = await readTable(path, featuresTable);
    expect(columns.features).toEqual({ size: 4, values });
  });

  it('copies the rows of other files, batch by batch', async () => {
    const other = join(folder, 'b.arrow');
    const source = await openTableWriter(other, small, { batchRows: 4, metadata: { model: 'other' } });
    for (const from of [3, 7]) await source.append(rows(from, 4));
    await source.close();
    await writeTable(join(folder, 'empty.arrow'), small, rows(0, 0));
    const writer = await openTableWriter(path, small, { metadata: { model: 'm' } });
    await writer.append(rows(0, 3));
    await writer.appendFile(other);
    await writer.appendFile(join(folder, 'empty.arrow'));
    await writer.append(rows(11, 2));
    await writer.close();
    expect(writer.rows).toBe(13);

    const { columns, metadata } = await readTable(path, small);
    expect(metadata.get('model')).toBe('m');
    const pieces = [rows(0, 3), rows(3, 4), rows(7, 4), rows(11, 2)];
    expect(columns.ID).toEqual(pieces.flatMap((p) => p.ID));
    expect(columns.note).toEqual(pieces.flatMap((p) => p.note));
    expect(columns.score).toEqual(Float32Array.from(pieces.flatMap((p) => [...p.score])));
    expect(columns.z).toEqual(Float64Array.from(pieces.flatMap((p) => [...p.z])));
    expect(columns.fold).toEqual(Int8Array.from(pieces.flatMap((p) => [...p.fold])));
    const batches: number[] = [];
    for await (const batch of readBatches(path, small)) batches.push(batch.rows);
    expect(batches).toEqual([3, 4, 4, 2]);
  });

  it('refuses to copy rows of another schema or with longer vectors', async () => {
    const other = join(folder, 'b.arrow');
    const features = (size: number) => ({ ID: ['a'], features: { size, values: new Float32Array(size) } });
    await writeTable(other, featuresTable, features(2));
    const wrong = await openTableWriter(path, small);
    await expect(wrong.appendFile(other)).rejects.toMatchObject({ code: 'tables/schema-mismatch' });
    await wrong.abort();
    const longer = await openTableWriter(path, featuresTable);
    await longer.append(features(3));
    await expect(longer.appendFile(other)).rejects.toThrow('length 2, so far 3');
    await longer.abort();
    const same = await openTableWriter(path, featuresTable);
    await same.appendFile(other);
    await same.close();
    expect((await readTable(path, featuresTable)).columns).toEqual(features(2));
  });

  it('leaves the old file on abort', async () => {
    await writeTable(path, small, rows(0, 1));
    const writer = await openTableWriter(path, small);
    await writer.append(rows(0, 5));
    await writer.abort();
    expect((await readTable(path, small)).rows).toBe(1);
    expect(await readdir(folder)).toEqual(['a.arrow']);
  });
});

describe('a wrong table is refused', () => {
  it('with every difference spelled out', async () => {
    const other = defineTable('other', 2, '', { ID: int8(''), z: float64(''), more: utf8('') });
    await writeTable(path, other, { ID: new Int8Array(1), z: new Float64Array(1), more: ['x'] });
    await expect(readTable(path, small)).rejects.toMatchObject({
      code: 'tables/schema-mismatch',
      file: path,
      reason:
        'is not a table of schema "small" version 3: the file is a "other" table, expected a "small" table; ' +
        'the file has version 2, expected version 3; column ID is Int8, expected utf8; ' +
        'column note (utf8) is missing; column score (float32) is missing; column fold (int8) is missing; ' +
        'column more is not expected',
    });
  });

  it('when it is missing, not a table, or cut off', async () => {
    await expect(readTable(path, small)).rejects.toMatchObject({ code: 'tables/missing', file: path });
    await writeFile(path, 'ID,z\n');
    await expect(readTable(path, small)).rejects.toMatchObject({ code: 'tables/damaged', file: path });
    await writeFile(path, '');
    await expect(readTable(path, small)).rejects.toMatchObject({ code: 'tables/damaged', file: path });
    await writeTable(path, small, rows(0, 20));
    const { length } = await readFile(path);
    for (const size of [length - 1, length >> 1, 8]) {
      await truncate(path, size);
      await expect(readTable(path, small)).rejects.toMatchObject({ code: 'tables/damaged', file: path });
    }
  });
});

describe('wrong columns are refused', () => {
  it.each([
    ['unequal lengths', { ...rows(0, 3), z: new Float64Array(2) }, 'column z has 2 rows, column ID has 3'],
    ['NaN where no null may be', { ...rows(0, 3), z: Float64Array.of(0, NaN, 1) }, 'NaN in row 1'],
  ])('%s', async (_, columns, reason) => {
    await expect(writeTable(path, small, columns)).rejects.toMatchObject({
      code: 'tables/bad-columns',
      reason: expect.stringContaining(reason),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('vectors of another length', async () => {
    const writer = await openTableWriter(path, featuresTable);
    await writer.append({ ID: ['a'], features: { size: 2, values: new Float32Array(2) } });
    await expect(
      writer.append({ ID: ['b'], features: { size: 3, values: new Float32Array(3) } }),
    ).rejects.toThrow('length 3, so far 2');
    await writer.abort();
  });
});

describe('columnsFromRows', () => {
  it('makes the columns that the writer takes', async () => {
    const row = { ID: 'a', note: null, score: NaN, z: 0.5, fold: 3 };
    await writeTable(path, small, columnsFromRows(small, [row, { ...row, note: 'n', score: 0.25 }]));
    expect((await readTable(path, small)).columns).toEqual({
      ID: ['a', 'a'],
      note: [null, 'n'],
      score: Float32Array.of(NaN, 0.25),
      z: Float64Array.of(0.5, 0.5),
      fold: Int8Array.of(3, 3),
    });
  });
});

describe('predictionsTable', () => {
  it('has targets and outputs in the order of the labels', () => {
    expect(Object.keys(predictionsTable.columns)).toEqual([
      'ID',
      'pass',
      ...LABELS.map((label) => `target_${label}`),
      ...LABELS.map((label) => `output_${label}`),
    ]);
  });
});
