import { readdir } from 'node:fs/promises';
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
      reason: `cannot be listed: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'put the images there, or set ICHOR_ROOT to the folder that holds input/',
      cause,
    });
  }
  const present = new Set(names);
  const needed = new Set(sets.flatMap(({ stacks }) => stacks.flat()));
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

export function imageName(id: string): string {
  return `${id}.dcm`;
}
