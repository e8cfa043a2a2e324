import { rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isTemporary, listFolder, removeDeadTemporaries } from '@ichor/files';
import { entryName, readEntry } from './entry.js';

/** Of all prepared networks of a user, of all machines and versions. */
const mostBytes = 16 * 2 ** 30;

interface Prepared {
  readonly folder: string;
  readonly bytes: number;
  /** Milliseconds. */
  readonly used: number;
}

/**
 * Makes space for one more network in the folder of a machine: those that were used least recently go first, and what ended
 * processes left half-written.
 *
 * @param limit bytes of all networks together
 * @throws Error when the disk has too little space, because other things fill it
 */
export async function makeSpace(machine: string, bytes: number, limit = mostBytes): Promise<void> {
  await removeDeadTemporaries(machine);
  const all = (await preparedBelow(dirname(machine))).sort((a, b) => a.used - b.used);
  let total = all.reduce((sum, one) => sum + one.bytes, bytes);
  for (const { folder, bytes: freed } of all) {
    if (total <= limit) break;
    await rm(folder, { recursive: true, force: true });
    total -= freed;
  }
  const { bavail, bsize } = await statfs(machine);
  // As much again stays free for others.
  if (total > limit || bavail * bsize < 2 * bytes)
    throw new Error(`no space for ${bytes} bytes in ${machine}`);
}

async function preparedBelow(own: string): Promise<Prepared[]> {
  const found: Prepared[] = [];
  for (const machine of (await listFolder(own)) ?? []) {
    for (const name of ((await listFolder(join(own, machine))) ?? []).filter((one) => !isTemporary(one))) {
      const folder = join(own, machine, name);
      const entry = await readEntry(folder);
      const used = await stat(join(folder, entryName)).catch(() => undefined);
      const bytes = (entry?.graph.bytes ?? 0) + (entry?.weights?.bytes ?? 0);
      // What cannot be read cannot be used: it goes first.
      found.push({ folder, bytes, used: used?.mtimeMs ?? 0 });
    }
  }
  return found;
}
