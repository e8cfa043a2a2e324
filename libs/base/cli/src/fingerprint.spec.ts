import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
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
  it('stays when nothing changes, and does not care for the time of a CSV', async () => {
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

  it('looks at 256 files of a large folder', async () => {
    for (let i = 100; i < 700; i++) await writeFile(join(images, `ID_${i}.dcm`), '');
    const { files, sample } = await fingerprintFolder(images);
    expect(files).toBe(620);
    let noticed = 0;
    for (let i = 100; i < 700; i++) {
      await utimes(join(images, `ID_${i}.dcm`), 1, 1);
      if (i % 20 === 0 && (await fingerprintFolder(images)).sample !== sample) noticed++;
    }
    expect(noticed).toBeGreaterThan(0);
  });

  it('takes a missing folder for an empty one', async () => {
    expect(await fingerprintFolder(join(root, 'none'))).toMatchObject({ files: 0 });
  });
});
