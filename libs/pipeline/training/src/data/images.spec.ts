import { mkdir, mkdtemp, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprintFolder } from '@ichor/cli';
import { generationText, layout, type Layout } from '@ichor/tables';
import { beforeEach, describe, expect, it } from 'vitest';
import { imagesFingerprint } from './images.js';

let files: Layout;
let image: string;
beforeEach(async () => {
  files = layout(await mkdtemp(join(tmpdir(), 'ichor-images-')));
  for (const folder of [files.input.trainImages, files.input.testImages, files.preprocessedFolder])
    await mkdir(folder, { recursive: true });
  image = join(files.input.trainImages, 'ID_1.dcm');
  await writeFile(image, 'one');
  await utimes(image, 5, 5);
});

/** As preprocessing leaves it. */
async function record(content: string): Promise<void> {
  const { look } = await fingerprintFolder(files.input.trainImages);
  const set = { files: 1, look, content };
  await writeFile(files.generation, generationText({ tables: {}, images: { train: set, test: set } }));
}

describe('the fingerprint of the images', () => {
  it('is what preprocessing left when it read them', async () => {
    await record('content of one');
    expect(await imagesFingerprint(files, 'train')).toBe('content of one');
  });

  it('is none when the images are not those any more, by size, time or number', async () => {
    await record('content of one');
    await utimes(image, 1, 1);
    const changed = { code: 'training/images-changed', file: files.input.trainImages };
    await expect(imagesFingerprint(files, 'train')).rejects.toMatchObject(changed);
    await utimes(image, 5, 5);
    expect(await imagesFingerprint(files, 'train')).toBe('content of one');
    await writeFile(join(files.input.trainImages, 'ID_2.dcm'), '');
    await expect(imagesFingerprint(files, 'train')).rejects.toMatchObject(changed);
  });

  it('is made of the bytes where the tables are not of preprocessing', async () => {
    const before = await imagesFingerprint(files, 'train');
    await utimes(image, 1, 1);
    expect(await imagesFingerprint(files, 'train')).toBe(before);
    await writeFile(image, 'two');
    expect(await imagesFingerprint(files, 'train')).not.toBe(before);
  });
});
