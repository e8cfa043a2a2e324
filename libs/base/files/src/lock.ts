import { mkdir, readFile, rm } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileAtomic } from './atomic.js';
import { readVariable } from './environment.js';
import { IchorError } from './error.js';
import { listFolder } from './look.js';
import { processStart } from './process-start.js';
import { isNotThere, notReadable, notWritable } from './system-error.js';
import { isTemporary, removeDeadTemporaries } from './temporary.js';

export interface Lock {
  release(): Promise<void>;
}

export interface LockOptions {
  /** Distinguishes locks that may be held at the same time, e.g. `fold0`. Default `run`. */
  readonly purpose?: string;
  /** Waits for a holder instead of throwing. */
  readonly wait?: boolean;
}

/** What a process writes about itself in its claim. */
interface Claim {
  readonly pid: number;
  readonly start: string;
  readonly host: string;
  readonly command: string;
  readonly since: string;
  /** The scheduler's job that the process belongs to. */
  readonly job?: string;
  /** False while its owner still looks for other claims. */
  readonly held: boolean;
}

const PREFIX = '.lock-';
const ATTEMPTS = 20;
/** Time between two checks of a lock that is waited for, in milliseconds. */
const POLL = 250;

/**
 * Takes a folder for this process alone, until `release` or the end of the process.
 *
 * Every process writes a claim under a name of its own (number and start time of the process) and then looks for claims
 * of others. If two processes claim at once, at least one sees the other. Whoever finds the claim of a process that has
 * ended removes it, so a crash does not block the folder. The files that this process left half-written in the folder are
 * removed too. This machine cannot see whether a process of another machine has ended. A scheduler can: it starts a job
 * again only after the earlier attempt has ended, so a claim of the same job on another machine is also removed.
 *
 * @throws IchorError `files/locked` naming the holder, unless it is waited for; `files/not-writable`;
 *   `files/not-readable`
 */
export async function acquireLock(
  folder: string,
  { purpose = 'run', wait = false }: LockOptions = {},
): Promise<Lock> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw notWritable(folder, cause);
  });
  const start = processStart(process.pid) ?? '';
  const prefix = `${PREFIX}${purpose}-`;
  const path = join(folder, `${prefix}${hostname()}-${process.pid}-${start.replace(/\W+/g, '_')}`);
  while (owned.has(path)) {
    if (!wait) throw locked(folder, describeSelf(start));
    await sleep(POLL);
  }
  owned.add(path);
  const claim = (held: boolean) =>
    writeFileAtomic(path, `${JSON.stringify({ ...describeSelf(start), held } satisfies Claim)}\n`);
  try {
    for (let attempt = 1; ; attempt++) {
      await claim(false);
      const other = await findOther(folder, prefix, path);
      if (other === undefined) {
        await claim(true);
        break;
      }
      await rm(path, { force: true });
      if (!wait && (other.held || attempt === ATTEMPTS)) throw locked(folder, other);
      // If both processes were only checking, the one with the shorter wait claims first.
      await sleep(other.held ? POLL : 5 + Math.random() * 50);
    }
  } catch (error) {
    owned.delete(path);
    // The first failure gives the reason. If the removal fails too, the claim ends with the process.
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
  const onExit = () => rmSync(path, { force: true });
  process.once('exit', onExit);
  return {
    async release() {
      process.off('exit', onExit);
      await rm(path, { force: true });
      owned.delete(path);
    },
  };
}

/** Who holds a lock. */
export type LockHolder = Pick<Claim, 'pid' | 'host' | 'command' | 'since'>;

/**
 * Finds out who holds a lock, without taking it and without removing anything.
 *
 * @param purpose as of {@link acquireLock}
 * @returns undefined when nobody does; a claim of another machine counts, because its process cannot be checked
 * @throws IchorError `files/not-readable`
 */
export async function lockHolder(folder: string, purpose = 'run'): Promise<LockHolder | undefined> {
  for (const name of (await listFolder(folder)) ?? []) {
    if (!name.startsWith(`${PREFIX}${purpose}-`) || isTemporary(name)) continue;
    const claim = await readClaim(join(folder, name));
    if (claim?.held === true && (claim.host !== hostname() || alive(claim))) {
      const { pid, host, command, since } = claim;
      return { pid, host, command, since };
    }
  }
  return undefined;
}

/** Claims of this process; on disk they look the same. */
const owned = new Set<string>();

function describeSelf(start: string): Claim {
  const job = readVariable('job');
  return {
    pid: process.pid,
    start,
    host: hostname(),
    command: process.argv.slice(1).join(' ').slice(0, 300),
    since: new Date().toISOString(),
    ...(job === undefined ? {} : { job }),
    held: true,
  };
}

async function findOther(folder: string, prefix: string, own: string): Promise<Claim | undefined> {
  let looking: Claim | undefined;
  const names = (await listFolder(folder)) ?? [];
  await removeDeadTemporaries(folder, names.filter(isTemporary));
  for (const name of names) {
    const path = join(folder, name);
    if (!name.startsWith(prefix) || isTemporary(name) || path === own) continue;
    const claim = await readClaim(path);
    if (claim === undefined) continue;
    if (claim.host === hostname() ? !alive(claim) : isEarlierTry(claim)) {
      await rm(path, { force: true });
    } else if (claim.held) {
      return claim;
    } else {
      looking = claim;
    }
  }
  return looking;
}

/** Undefined when the file is gone or is no claim: claims appear whole or not at all. */
async function readClaim(path: string): Promise<Claim | undefined> {
  try {
    const claim: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isClaim(claim) ? claim : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError || isNotThere(cause)) return undefined;
    throw notReadable(path, 'read', cause);
  }
}

const claimFields = {
  pid: 'number',
  start: 'string',
  host: 'string',
  command: 'string',
  since: 'string',
  held: 'boolean',
} as const satisfies Record<Exclude<keyof Claim, 'job'>, string>;

function isClaim(value: unknown): value is Claim {
  if (typeof value !== 'object' || value === null) return false;
  const job: unknown = Reflect.get(value, 'job');
  return (
    Object.entries(claimFields).every(([name, type]) => typeof Reflect.get(value, name) === type) &&
    (job === undefined || typeof job === 'string')
  );
}

/** Whether a claim belongs to the job of this process, but to another machine. */
function isEarlierTry({ job }: Claim): boolean {
  return job !== undefined && job === readVariable('job');
}

function alive(claim: Claim): boolean {
  const start = processStart(claim.pid);
  return start !== undefined && (start === '' || claim.start === '' || start === claim.start);
}

function locked(folder: string, holder: Claim): IchorError {
  const elsewhere = holder.host !== hostname();
  return new IchorError({
    code: 'files/locked',
    file: folder,
    reason: `in use by process ${holder.pid} on ${holder.host} since ${holder.since}: ${holder.command}`,
    remedy: elsewhere
      ? `wait for it; if that machine is gone, delete the ${PREFIX}* file in this folder`
      : 'wait for it to end, or end it',
  });
}
