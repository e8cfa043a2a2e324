import { lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isNotThere, notReadable, notWritable } from '@ichor/files';
import type { Layout, PreprocessedName } from '@ichor/tables';

/**
 * Where the tables of a run are collected, until all of them are complete and take their places together: tables of two
 * runs side by side may have other folds.
 */
export class Staging {
  readonly #files: Layout;
  readonly #folder: string;
  readonly #kept = new Set<PreprocessedName>();

  constructor(files: Layout, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  /** Where a new table, or another file of the set, is written. */
  newPath(file: string): string {
    return join(this.#folder, file);
  }

  /** The table of an earlier run stays as it is. */
  keep(name: PreprocessedName): void {
    this.#kept.add(name);
  }

  /** The table of this run: a new one, or the one that stays. */
  path(name: PreprocessedName): string {
    return this.#kept.has(name) ? this.#files.preprocessed(name) : this.newPath(`${name}.arrow`);
  }

  /**
   * Puts files in their places: all, or none when one cannot be put there. After a kill in between the record of the
   * generation, which must be the last, does not fit, and the next run does it again.
   *
   * @throws IchorError `files/not-writable`
   */
  async commit(names: readonly string[]): Promise<void> {
    const moves = names.map((file) => ({
      from: this.newPath(file),
      to: join(this.#files.preprocessedFolder, file),
      before: this.newPath(`${file}.before`),
    }));
    for (const { to } of moves) await refuseOther(to);
    const undo: (() => Promise<void>)[] = [];
    for (const { from, to, before } of moves) {
      try {
        if (await move(to, before)) undo.unshift(() => rename(before, to));
        await rename(from, to);
        undo.unshift(() => rename(to, from));
      } catch (cause) {
        for (const step of undo) await step();
        throw notWritable(to, cause);
      }
    }
    for (const { before } of moves) await rm(before, { force: true });
  }
}

/** @returns false when there is nothing to move */
async function move(from: string, to: string): Promise<boolean> {
  try {
    await mkdir(dirname(to), { recursive: true });
    await rename(from, to);
    return true;
  } catch (cause) {
    if (isNotThere(cause)) return false;
    throw cause;
  }
}

/** A folder of this name belongs to the user, and is not moved. */
async function refuseOther(path: string): Promise<void> {
  const found = await lstat(path).catch((cause: unknown) => {
    if (isNotThere(cause)) return undefined;
    throw notReadable(path, 'read', cause);
  });
  if (found !== undefined && !found.isFile() && !found.isSymbolicLink())
    throw notWritable(path, Object.assign(new Error('it is not a file'), { code: 'EISDIR' }));
}
