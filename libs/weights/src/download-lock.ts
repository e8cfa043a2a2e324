import { open, readFile, rm } from 'node:fs/promises';

const POLL_MS = 500;

/**
 * Runs `work` while no other process on this machine holds the lock file; waits for one that does.
 * A lock whose process is gone is taken over.
 */
export async function withDownloadLock<T>(lockPath: string, work: () => Promise<T>): Promise<T> {
  while (!(await tryLock(lockPath))) {
    if (await isStale(lockPath)) await rm(lockPath, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    return await work();
  } finally {
    await rm(lockPath, { force: true });
  }
}

async function tryLock(lockPath: string): Promise<boolean> {
  try {
    const handle = await open(lockPath, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(lockPath: string): Promise<boolean> {
  const pid = Number(await readFile(lockPath, 'utf8').catch(() => '0'));
  // Empty: its owner is just writing it.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
