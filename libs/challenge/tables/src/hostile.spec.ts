import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  defineTable,
  featuresTable,
  float64,
  int8,
  nullableFloat32,
  nullableUtf8,
  openTableWriter,
  readTable,
  TableError,
  utf8,
  writeTable,
} from './index.js';

let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'ichor-hostile-')), 'a.arrow');
});

const small = defineTable('small', 1, 'For tests', {
  ID: utf8('Name'),
  note: nullableUtf8('Perhaps nothing'),
  score: nullableFloat32('Perhaps nothing', 'probability'),
  z: float64('Position', 'mm'),
  fold: int8('Fold'),
});
const rows = (count: number) => ({
  ID: Array.from({ length: count }, (_, i) => `ID_${i}`),
  note: Array.from({ length: count }, (_, i) => (i % 3 === 0 ? null : `n${i}ü`)),
  score: Float32Array.from({ length: count }, (_, i) => (i % 5 === 0 ? NaN : i / 64)),
  z: Float64Array.from({ length: count }, (_, i) => i / 3),
  fold: Int8Array.from({ length: count }, (_, i) => i % 5),
});

async function wholeFile(): Promise<Buffer> {
  const writer = await openTableWriter(path, small, { batchRows: 8, metadata: { model: 'm' } });
  for (let i = 0; i < 3; i++) await writer.append(rows(8));
  await writer.close();
  return readFile(path);
}

/** The result of reading: the rows, or the code of a typed error; anything else fails the test. */
async function outcome(bytes: Uint8Array): Promise<number | string> {
  await writeFile(path, bytes);
  return readTable(path, small).then(
    ({ rows, columns }) => {
      for (const values of Object.values(columns)) expect(values).toHaveLength(rows);
      return rows;
    },
    (error: unknown) => {
      if (!(error instanceof TableError)) throw error;
      return error.code;
    },
  );
}

describe('a table with damaged bytes', () => {
  it('is read, or refused as damaged or foreign, with every third byte of the footer set to another value', async () => {
    const whole = await wholeFile();
    const footer = whole.readInt32LE(whole.length - 10);
    const counts = new Map<number | string, number>();
    for (let at = whole.length - 10 - footer; at < whole.length; at += 3) {
      const bytes = Buffer.from(whole);
      // The change that made the library loop for hours: a zero byte in a length.
      bytes[at] = bytes[at]! ^ (at % 2 === 0 ? 1 : 0x80);
      const result = await outcome(bytes);
      counts.set(result, (counts.get(result) ?? 0) + 1);
    }
    // Bytes of descriptions and padding do not matter; a file of other rows must not come out.
    expect([...counts.keys()].sort()).toEqual([24, 'tables/damaged', 'tables/schema-mismatch']);
  });

  it('is read, or refused, with one to three bytes changed anywhere', async () => {
    const whole = await wholeFile();
    let state = 4;
    const random = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let round = 0; round < 500; round++) {
      const bytes = Buffer.from(whole);
      for (let flips = 0; flips <= random(3); flips++) bytes[random(bytes.length)] = random(256);
      expect([24, 'tables/damaged', 'tables/schema-mismatch'], `round ${round}`).toContain(
        await outcome(bytes),
      );
    }
  });

  it('checks the number of nulls', async () => {
    await writeTable(path, small, rows(8));
    const whole = await readFile(path);
    // The FieldNode of `score`: 8 rows, 2 nulls (rows 0 and 5), each an int64.
    const node = Buffer.alloc(16);
    node.writeBigInt64LE(8n, 0);
    node.writeBigInt64LE(2n, 8);
    const at = whole.indexOf(node);
    expect(at).toBeGreaterThan(0);
    for (const nulls of [0, 1, 3, 9]) {
      const bytes = Buffer.from(whole);
      bytes[at + 8] = nulls;
      expect(await outcome(bytes), `${nulls} nulls`).toBe('tables/damaged');
    }
  });

  it('checks the length of vectors', async () => {
    await writeTable(path, featuresTable, {
      ID: ['a', 'b'],
      features: { size: 3, values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    });
    const whole = await readFile(path);
    const footer = whole.length - 10 - whole.readInt32LE(whole.length - 10);
    // listSize of the type of `features` in the footer, the only 3 of four bytes before a nested field.
    const changed: (number | string)[] = [];
    for (let at = footer; at < whole.length - 10; at += 4) {
      if (whole.readInt32LE(at) !== 3) continue;
      const bytes = Buffer.from(whole);
      bytes.writeInt32LE(2 ** 30, at);
      await writeFile(path, bytes);
      changed.push(
        await readTable(path, featuresTable).then(
          ({ rows }) => rows,
          (error: unknown) => (error instanceof TableError ? error.code : String(error)),
        ),
      );
    }
    expect(changed).toContain('tables/damaged');
    expect(changed.filter((result) => typeof result === 'string' && !result.startsWith('tables/'))).toEqual(
      [],
    );
  });
});
