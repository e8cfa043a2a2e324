import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEightBitRecord, writeEightBitRecord, type EightBitRecord } from './record.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-eight-bit-'));
});
afterAll(() => rm(folder, { recursive: true }));

const record: EightBitRecord = {
  predictions: 'some-epoch3',
  gathered: { slices: 128, share: 0.9 },
  ranges: new Map([
    ['block1.conv', { low: -1.5, high: 2 }],
    ['relu_3', { low: 0, high: 0 }],
  ]),
  compared: {
    slices: 657,
    float32: { weightedLogLoss: 0.3, aucAny: 0.8, milliseconds: 5 },
    int8: { weightedLogLoss: 0.301, aucAny: null, milliseconds: 2 },
    lossDifference: { mean: 0.001, standardError: 0.0004 },
    largestChange: 0.2,
  },
};

it('reads what was written, and nothing where there is nothing', async () => {
  const path = join(folder, 'fold0_eight_bit.json');
  expect(await readEightBitRecord(path)).toBeUndefined();
  await writeEightBitRecord(path, record);
  expect(await readEightBitRecord(path)).toEqual(record);
  // Written beside its place and renamed.
  expect(await readdir(folder)).toEqual(['fold0_eight_bit.json']);
});

it.each<[what: string, damage: (file: Record<string, unknown>) => unknown]>([
  ['cut off', (file) => JSON.stringify(file).slice(0, -20)],
  ['of another format', (file) => ({ ...file, format: 'ichor-fold' })],
  ['of another version', (file) => ({ ...file, version: 2 })],
  ['without ranges', (file) => ({ ...file, ranges: [] })],
  ['with a range that ends before it begins', (file) => ({ ...file, ranges: [['a', 1, 0]] })],
  ['with a range without an end', (file) => ({ ...file, ranges: [['a', 0]] })],
  [
    'with an infinite range',
    (file) => JSON.stringify({ ...file, ranges: [['a', 0, 7]] }).replace('7]', '1e999]'),
  ],
  ['with a text for a number', (file) => ({ ...file, ranges: [['a', '0', 1]] })],
  [
    'with two ranges of a value',
    (file) => ({
      ...file,
      ranges: [
        ['a', 0, 1],
        ['a', 0, 2],
      ],
    }),
  ],
  [
    'with a million ranges',
    (file) => ({ ...file, ranges: Array.from({ length: 20_001 }, (_, i) => [String(i), 0, 1]) }),
  ],
  ['with an endless name', (file) => ({ ...file, ranges: [['a'.repeat(501), 0, 1]] })],
  ['with more than it should have', (file) => ({ ...file, path: '/etc/passwd' })],
  ['without a comparison', (file) => ({ ...file, compared: undefined })],
  ['with a comparison of no slices', (file) => ({ ...file, compared: { ...record.compared, slices: 0 } })],
  [
    'with a negative loss',
    (file) => ({
      ...file,
      compared: { ...record.compared, int8: { ...record.compared.int8, weightedLogLoss: -1 } },
    }),
  ],
])('refuses a file %s', async (_what, damage) => {
  const path = join(folder, 'damaged.json');
  await writeEightBitRecord(path, record);
  const damaged = damage(JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>);
  await writeFile(path, typeof damaged === 'string' ? damaged : JSON.stringify(damaged));
  await expect(readEightBitRecord(path)).rejects.toMatchObject({ code: 'experiment/damaged', file: path });
  await rm(path);
});
