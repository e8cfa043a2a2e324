import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HashingReader } from './hash.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ichor-hash-'))));
afterAll(() => rm(folder, { recursive: true }));

it('gives content and hash of files of several pieces, in memory that it uses again', async () => {
  const reader = new HashingReader();
  for (const [name, size] of [
    ['large', 20_000_003],
    ['small', 5],
    ['empty', 0],
  ] as const) {
    const expected = Buffer.from(Uint8Array.from({ length: size }, (_, i) => i % 251));
    await writeFile(join(folder, name), expected);
    const { content, sha256 } = await reader.read(join(folder, name), size);
    expect(Buffer.compare(Buffer.from(content), expected)).toBe(0);
    expect(sha256).toBe(createHash('sha256').update(expected).digest('hex'));
  }
});

it('is shorter where the file has become shorter, and stops at the signal', async () => {
  await writeFile(join(folder, 'cut'), 'abc');
  const reader = new HashingReader();
  expect((await reader.read(join(folder, 'cut'), 10)).content.length).toBe(3);
  const stopped = AbortSignal.abort(new RangeError('stopped'));
  await expect(reader.read(join(folder, 'cut'), 3, stopped)).rejects.toThrow('stopped');
});
