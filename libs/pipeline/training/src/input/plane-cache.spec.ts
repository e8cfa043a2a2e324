import { inputRecipe, sampleSize, type DecodedPlane, type PlaneCache } from '@ichor/base-model';
import { tinyDicom, tinyModel } from '@ichor/base-model/testing';
import { layout } from '@ichor/tables';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { threadCache } from './cache-choice.js';
import { createPool } from './pool.js';
import { openCache, type ThreadCache } from './plane-cache.js';

let root: string;
let folder: string;
let reads: string[];
/** What every decoding overwrites, as the preparer's buffer. */
const buffer = new Int16Array(4);

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ichor-cache-'));
  folder = join(root, 'cache');
  await mkdir(folder);
  reads = [];
});

const open = (cache: ThreadCache, pixelFix = true, warn?: (text: string) => void): PlaneCache =>
  openCache(cache, inputRecipe(tinyModel({ pixelFix })), warn);

async function slice(name: string, text = name): Promise<string> {
  const file = join(root, name);
  await writeFile(file, text);
  return file;
}

/** A slice of 2 x 2 whose pixels are the bytes of its file. */
async function get(cache: PlaneCache, file: string, more: Partial<DecodedPlane> = {}): Promise<DecodedPlane> {
  const plane = await cache.plane(file, async () => {
    reads.push(file);
    buffer.set((await readFile(file)).subarray(0, 4));
    return { rows: 2, columns: 2, pixels: buffer, intercept: -1024, window: undefined, ...more };
  });
  return { ...plane, pixels: plane.pixels.slice() };
}

const letters = (text: string): Int16Array => Int16Array.from(Buffer.from(text));

describe.each(['memory', 'disk'] as const)('a cache in %s', (kind) => {
  const cache = (): ThreadCache => (kind === 'memory' ? { kind, bytes: 64 } : { kind, folder });

  it('gives what was decoded, without reading again', async () => {
    const planes = open(cache());
    const [a, b] = [await slice('aaaa'), await slice('bbbb')];
    const window = { center: 40, width: 80 };
    await get(planes, a, { window });
    await get(planes, b);
    expect(await get(planes, a)).toEqual({
      rows: 2,
      columns: 2,
      pixels: letters('aaaa'),
      intercept: -1024,
      window,
    });
    expect((await get(planes, b)).pixels).toEqual(letters('bbbb'));
    expect(reads).toEqual([a, b]);
  });

  it('keeps float32 pixels as they are', async () => {
    const planes = open(cache());
    const file = await slice('f');
    const pixels = Float32Array.of(0.1, -0, 3e-30, 1);
    await get(planes, file, { pixels, intercept: 0 });
    expect((await get(planes, file)).pixels).toEqual(pixels);
    expect(reads).toHaveLength(1);
  });

  it('reads a file again that has another size, or another time', async () => {
    const planes = open(cache());
    const file = await slice('aaaa');
    await get(planes, file);
    await writeFile(file, 'bbbb and more');
    expect((await get(planes, file)).pixels).toEqual(letters('bbbb'));
    await writeFile(file, 'cccc and more');
    await utimes(file, 1, 1);
    expect((await get(planes, file)).pixels).toEqual(letters('cccc'));
    expect((await get(planes, file)).pixels).toEqual(letters('cccc'));
    expect(reads).toHaveLength(3);
  });

  it('does not hide that a file is gone', async () => {
    const planes = open(cache());
    const file = await slice('aaaa');
    await get(planes, file);
    await rm(file);
    await expect(get(planes, file)).rejects.toThrow('ENOENT');
  });
});

describe('a cache in memory', () => {
  it('takes no more than it may, and gives the room of a changed file back', async () => {
    // Two planes of 8 bytes.
    const planes = open({ kind: 'memory', bytes: 23 });
    const [a, b, c] = [await slice('aaaa'), await slice('bbbb'), await slice('cccc')];
    for (const file of [a, b, c, a, b, c]) await get(planes, file);
    expect(reads).toEqual([a, b, c, c]);
    await writeFile(a, 'dddd and more');
    for (const file of [a, a, c]) await get(planes, file);
    expect(reads.slice(4)).toEqual([a, c]);
  });

  it('is a part for each thread, and no more than is free', async () => {
    const paths = layout(root);
    const choice = { kind: 'memory', bytes: 4000 } as const;
    expect(await threadCache(choice, 4, paths, 4000)).toEqual({ kind: 'memory', bytes: 1000 });
    expect(await threadCache(choice, 0, paths, 4000)).toEqual({ kind: 'memory', bytes: 4000 });
    expect(await threadCache({ kind: 'memory' }, 2, paths, 8000)).toEqual({ kind: 'memory', bytes: 1000 });
    expect(await threadCache({ kind: 'off' }, 2, paths, 8000)).toBeUndefined();
    await expect(threadCache(choice, 4, paths, 3999)).rejects.toMatchObject({ code: 'training/cache' });
  });
});

describe('a cache on disk', () => {
  const cached = async (): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));

  it('serves other threads and runs, but not those of another pixelFix', async () => {
    const file = await slice('aaaa');
    await get(open({ kind: 'disk', folder }), file);
    await get(open({ kind: 'disk', folder }), file);
    expect(reads).toHaveLength(1);
    await get(open({ kind: 'disk', folder }, false), file);
    expect(reads).toHaveLength(2);
    expect(await cached()).toHaveLength(2);
  });

  it('makes a damaged file again: every cut, and every changed byte', async () => {
    const planes = open({ kind: 'disk', folder });
    const file = await slice('aaaa');
    await get(planes, file);
    const [path = ''] = await cached();
    const whole = await readFile(path);
    const damaged = [0, 1, 31, 32, 33, whole.length - 1].map((length) => whole.subarray(0, length));
    for (const at of [0, 31, 32, 40, whole.length - 1]) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(whole.readUInt8(at) ^ 1, at);
      damaged.push(changed);
    }
    for (const content of damaged) {
      await writeFile(path, content);
      reads = [];
      expect((await get(planes, file)).pixels).toEqual(letters('aaaa'));
      expect(reads).toHaveLength(1);
      expect((await readFile(path)).equals(whole)).toBe(true);
    }
  });

  it('that cannot be written costs no result, and warns once', async () => {
    const file = await slice('aaaa');
    const warnings: string[] = [];
    const planes = open({ kind: 'disk', folder: file }, true, (text) => warnings.push(text));
    expect((await get(planes, file)).pixels).toEqual(letters('aaaa'));
    expect((await get(planes, file)).pixels).toEqual(letters('aaaa'));
    expect(reads).toHaveLength(2);
    expect(warnings).toEqual([expect.stringContaining(`${file} keeps no more slices`)]);
  });

  it.each([0, 2])('warns the run once, of %i threads', async (workers) => {
    const recipe = inputRecipe(tinyModel({}));
    const file = join(root, 'slice.dcm');
    await writeFile(file, tinyDicom(new Int16Array(256), 16));
    const warnings: string[] = [];
    const warn = (text: string) => void warnings.push(text);
    const cached = { cache: { kind: 'disk', folder: file }, warn } as const;
    const pool = createPool(recipe, workers, 4, sampleSize(tinyModel({})), cached);
    const variants = [{ kind: 'evaluate', pass: 0 }] as const;
    const made = [0, 1, 2, 3].map((slot) => pool.make(slot, 0, { id: 'ID_a', files: [file], variants }));
    expect(await Promise.all(made)).toEqual([undefined, undefined, undefined, undefined]);
    await pool.close();
    expect(warnings).toHaveLength(1);
  });
});
