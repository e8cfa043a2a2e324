import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * All temporary files of a run go into one folder, which is removed when the run ends, failed or not. Workers and the programs
 * that tests start inherit it. So is the cache of the programs: nothing of the user's is read or changed.
 *
 * The name is short, because paths of sockets are limited to about 100 characters.
 */
export default function setup(): void {
  const folder = mkdtempSync(join(tmpdir(), 'ichor-'));
  // The first is read by POSIX systems, the others by Windows.
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  process.env['ICHOR_CACHE'] = join(folder, 'cache');
  // Not by what vitest calls at the end: an interrupted run calls that while workers still write.
  process.once('exit', () => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      console.warn(`temporary files of the tests are left in ${folder}:`, error);
    }
  });
}
