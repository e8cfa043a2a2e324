import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { listFolder } from './look.js';
import { processStart } from './process-start.js';

const MARK = '.tmp-';
/** A machine's name may hold any character; these characters are enough to distinguish machines. */
const host = hostname()
  .replace(/[^\w]+/g, '_')
  .slice(0, 40);

/**
 * Where the bytes of `path`, a file or a folder, are collected: `<name>.tmp-<machine>-<process>-<unique>` in the same folder. Machine and
 * process tell the next run whether a process still writes it.
 */
export function temporaryPathFor(path: string): string {
  return join(dirname(path), `${basename(path)}${MARK}${host}-${process.pid}-${randomUUID().slice(0, 8)}`);
}

/** Whether a file of this name holds the bytes of a file that is not complete yet (`<name>.tmp-<machine>-<process>-<unique>`). */
export function isTemporary(name: string): boolean {
  return name.includes(MARK);
}

/**
 * Removes the half-written files and folders in a folder that ended processes of this machine left. Files of living processes and
 * of other machines stay.
 */
export async function removeDeadTemporaries(folder: string, names?: readonly string[]): Promise<void> {
  for (const name of names ?? (await listFolder(folder)) ?? []) {
    if (isDead(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** Removes every temporary file of a folder; only for a process with exclusive access. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of (await listFolder(folder)) ?? []) {
    if (isTemporary(name)) await rm(join(folder, name), { force: true });
  }
}

/** Earlier versions leave out the machine: those files belong to this machine. */
const ENDING = /\.tmp-(?:(\w+)-)?(\d+)-[0-9a-f]{8}$/;

function isDead(name: string): boolean {
  const [, machine = host, pid] = ENDING.exec(name) ?? [];
  return pid !== undefined && machine === host && processStart(Number(pid)) === undefined;
}
