import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where programs that a test starts keep what can be made again: not in the cache of the user, and only for this run. */
export const testCache = join(tmpdir(), `ichor-test-cache-${process.pid}`);
