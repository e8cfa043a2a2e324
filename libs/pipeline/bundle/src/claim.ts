import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, isTemporary, listFolder, present, writeFileAtomic } from '@ichor/files';
import { BundleError } from './error.js';

/**
 * Exists in a folder until the last file of a bundle is written: a folder with this file holds an unfinished
 * bundle.
 */
const marker = 'unfinished-bundle';

/** The files of a bundle. */
const parts = ['networks', 'stackers', 'MODEL_CARD.md', 'manifest.json'];

export interface BundleFolder {
  /** The bundle is complete. */
  finish(): Promise<void>;
  /** Unlocks the folder; the next run replaces an unfinished bundle. */
  release(): Promise<void>;
}

/**
 * Locks a folder for a bundle: no other process writes there, and the files of a stopped run are removed.
 *
 * @throws BundleError `bundle/not-empty` for a folder with anything else; IchorError `files/locked`,
 *   `files/not-writable`, `files/not-readable`
 */
export async function claimFolder(folder: string): Promise<BundleFolder> {
  const lock = await acquireLock(folder, { purpose: 'bundle' });
  try {
    await makeEmpty(folder);
    await writeFileAtomic(join(folder, marker), 'A bundle is being made here, or its making was stopped.\n');
  } catch (cause) {
    await lock.release();
    throw cause;
  }
  return {
    finish: () => rm(join(folder, marker), { force: true }),
    release: () => lock.release(),
  };
}

async function makeEmpty(folder: string): Promise<void> {
  const names = ((await listFolder(folder)) ?? []).filter(
    (name) => !name.startsWith('.lock-') && !isTemporary(name),
  );
  const unfinished = names.includes(marker);
  const foreign = names.filter((name) => name !== marker && !(unfinished && parts.includes(name)));
  if (foreign.length > 0) {
    throw new BundleError({
      code: 'bundle/not-empty',
      file: folder,
      reason: `the folder holds ${foreign.length === 1 ? present(foreign[0]) : `${foreign.length} other files, e.g. ${present(foreign[0])}`}`,
      remedy: 'choose another folder, or remove this one',
    });
  }
  if (!unfinished) return;
  for (const part of parts) await rm(join(folder, part), { recursive: true, force: true });
}
