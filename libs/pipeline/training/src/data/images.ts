import { readdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fingerprintFolder, hashFile } from '@ichor/cli';
import { listFolder, messageOf, taskCommand } from '@ichor/files';
import { readGeneration, type Layout } from '@ichor/tables';
import { TrainingError } from '../error.js';
import type { SliceSet } from './slice-set.js';

/**
 * Checks that every slice of the sets has its file, before hours are spent. Reads the folder's names only.
 *
 * @throws TrainingError `training/images-missing`
 */
export async function checkImages(folder: string, sets: readonly SliceSet[]): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new TrainingError({
      code: 'training/images-missing',
      file: folder,
      reason: `cannot be listed: ${messageOf(cause)}`,
      remedy: 'copy the images to this folder, or set ICHOR_ROOT to the folder that holds input/',
      cause,
    });
  }
  const present = new Set(names);
  const needed = new Set(sets.flatMap(({ seenIds }) => seenIds.flat()));
  const missing = [...needed].filter((id) => !present.has(imageName(id)));
  if (missing.length > 0) {
    throw new TrainingError({
      code: 'training/images-missing',
      file: folder,
      reason: `${missing.length} of the ${needed.size} slices that the tables name have no image here, e.g. ${missing.slice(0, 3).join(', ')}`,
      remedy: 'the tables belong to other images: run preprocess again',
    });
  }
}

/**
 * A short text that identifies the content of the images of a set: the fingerprint that preprocessing wrote when it read them. Names,
 * sizes and times of the files show whether it is still valid.
 *
 * If the tables were not made by preprocessing, every image is read for the fingerprint.
 *
 * @throws TrainingError `training/images-changed`; IchorError `files/not-readable`
 */
export async function imagesFingerprint(layout: Layout, set: 'train' | 'test'): Promise<string> {
  const folder = set === 'train' ? layout.input.trainImages : layout.input.testImages;
  const read = (await readGeneration(layout))?.images[set];
  if (read === undefined) return contentOf(folder);
  const now = await fingerprintFolder(folder);
  // Without any image nothing can be trained or predicted; existing results may stay.
  if (now.files === 0 || now.look === read.look) return read.content;
  throw new TrainingError({
    code: 'training/images-changed',
    file: folder,
    reason: 'its files, their sizes or their times have changed since preprocessing read them',
    remedy:
      `run preprocess again: ${taskCommand({ project: 'preprocess', target: 'preprocess' })}; ` +
      'if the content is the same, nothing is trained again',
  });
}

async function contentOf(folder: string): Promise<string> {
  const digest = createHash('sha256');
  for (const name of ((await listFolder(folder)) ?? []).sort())
    digest.update(`${name} ${await hashFile(join(folder, name))}\n`);
  return digest.digest('hex').slice(0, 32);
}

export function imageName(id: string): string {
  return `${id}.dcm`;
}
