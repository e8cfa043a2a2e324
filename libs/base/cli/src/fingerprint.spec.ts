import { mkdir, mkdtemp, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { fingerprintData, fingerprintFolder, hashFile } from './fingerprint.js';

let root: string;
let images: string;
let csv: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ichor-cli-'));
  images = join(root, 'images');
  csv = join(root, 'train.csv');
  await mkdir(images);
  await writeFile(csv, 'ID,Label\n');
  for (let i = 0; i < 20; i++) await writeFile(join(images, `ID_${i}.dcm`), 'x'.repeat(i));
});
const fingerprint = () => fingerprintData({ files: [csv], folders: [images] });

describe('hashFile', () => {
  it('is SHA-256', async () => {
    // printf 'ID,Label\n' | sha256sum
    expect(await hashFile(csv)).toBe('774ab1dbbb6967caa5b192c94c6d18b20e87c16b31ab9dae932ded7a663e4476');
    expect(await hashFile(join(root, 'none'))).toBe('missing');
  });
});

describe('fingerprintData', () => {
  it('stays the same when nothing changes, and ignores the time of a CSV', async () => {
    const before = await fingerprint();
    await utimes(csv, 1, 1);
    expect(await fingerprint()).toBe(before);
    expect(before).toMatch(/^[0-9a-f]{24}$/);
  });

  it.each<[string, () => Promise<void>]>([
    ['a CSV of other content', () => writeFile(csv, 'ID,Label\n1,2\n')],
    ['a missing CSV', () => rm(csv)],
    ['one image more', () => writeFile(join(images, 'ID_20.dcm'), '')],
    ['one image less', () => rm(join(images, 'ID_3.dcm'))],
    ['another name', () => rename(join(images, 'ID_3.dcm'), join(images, 'ID_33.dcm'))],
    ['another size', () => writeFile(join(images, 'ID_3.dcm'), 'longer')],
    ['another time', () => utimes(join(images, 'ID_3.dcm'), 1, 1)],
  ])('notices %s', async (_, change) => {
    const before = await fingerprint();
    await change();
    expect(await fingerprint()).not.toBe(before);
  });

  it('reads every file of a large folder, and the ctime, which no program can set', async () => {
    for (let i = 100; i < 700; i++) await writeFile(join(images, `ID_${i}.dcm`), '');
    const before = await fingerprintFolder(images);
    expect(before.files).toBe(620);
    for (const i of [100, 333, 699]) {
      const path = join(images, `ID_${i}.dcm`);
      const { atime, mtime } = await stat(path);
      await utimes(path, 1, 1);
      expect(await fingerprintFolder(images)).not.toMatchObject({ look: before.look });
      // The file gets its old mtime again: only the ctime shows the change.
      await utimes(path, atime, mtime);
      const now = await fingerprintFolder(images);
      expect(now.strict).not.toBe(before.strict);
    }
  });

  it('does not take a folder that cannot be listed for an empty one', async () => {
    await expect(fingerprintFolder(csv)).rejects.toMatchObject({ code: 'files/not-readable', file: csv });
    const loop = join(root, 'loop');
    await symlink(loop, loop);
    // ELOOP represents every path that cannot be examined; the superuser can read everything else.
    await expect(fingerprintFolder(loop)).rejects.toMatchObject({ code: 'files/not-readable', file: loop });
    await expect(hashFile(loop)).rejects.toMatchObject({ code: 'files/not-readable' });
  });

  it('takes a missing folder for an empty one', async () => {
    expect(await fingerprintFolder(join(root, 'none'))).toMatchObject({ files: 0 });
  });
});
