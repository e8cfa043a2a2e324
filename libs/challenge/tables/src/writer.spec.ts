import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  defineTable,
  int32,
  openTableWriter,
  readBatches,
  readMetadata,
  readTable,
  vector,
} from './index.js';

const numbers = defineTable('numbers', 1, 'For tests', { x: int32('A number') });
const vectors = defineTable('vectors', 1, 'For tests', { v: vector('Numbers') });

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-writer-'));
  path = join(folder, 'a.arrow');
});

const from = (first: number, count: number) => ({
  x: Int32Array.from({ length: count }, (_, i) => first + i),
});

/** Rows of each record batch of the file. */
async function batches(): Promise<number[]> {
  const rows: number[] = [];
  for await (const batch of readBatches(path, numbers)) rows.push(batch.rows);
  return rows;
}

describe('a table that is written in pieces', () => {
  it('has batches of at least the given number of rows, and one for the rest', async () => {
    const writer = await openTableWriter(path, numbers, { batchRows: 4 });
    for (const [first, count] of [
      [0, 3],
      [3, 3],
      [6, 4],
      [10, 1],
      [11, 2],
    ] as const)
      // prettier-ignore
      await writer.append(from(first, count));
    await writer.close();
    expect(await batches()).toEqual([6, 4, 3]);
    expect((await readTable(path, numbers)).columns.x).toEqual(from(0, 13).x);
  });

  it('has a batch for every 16 MiB of long vectors', async () => {
    const size = 2 ** 20;
    const writer = await openTableWriter(path, vectors);
    for (let i = 0; i < 5; i++) await writer.append({ v: { size, values: new Float32Array(size).fill(i) } });
    await writer.close();
    const rows: number[] = [];
    for await (const batch of readBatches(path, vectors)) rows.push(batch.rows);
    expect(rows).toEqual([4, 1]);
  });

  it('keeps the order of appended rows and appended files', async () => {
    const other = join(folder, 'b.arrow');
    const first = await openTableWriter(other, numbers, { batchRows: 2, metadata: { by: 'other' } });
    await first.append(from(10, 2));
    await first.append(from(12, 1));
    await first.close();
    const writer = await openTableWriter(path, numbers, { metadata: { by: 'me' } });
    await writer.append(from(0, 2));
    await writer.appendFile(other);
    await writer.append(from(20, 1));
    expect(writer.rows).toBe(6);
    await writer.close();
    expect([...(await readTable(path, numbers)).columns.x]).toEqual([0, 1, 10, 11, 12, 20]);
    expect(await batches()).toEqual([2, 2, 1, 1]);
    expect((await readMetadata(path, numbers)).get('by')).toBe('me');
  });

  it('leaves nothing when a row of its last batch cannot be written', async () => {
    const writer = await openTableWriter(path, numbers);
    await writer.append({ x: Float32Array.of(0.5) as unknown as Int32Array });
    await expect(writer.close()).rejects.toMatchObject({ code: 'tables/bad-columns' });
    expect(await readdir(folder)).toEqual([]);
  });
});
