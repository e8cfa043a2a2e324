import { homedir } from 'node:os';
import { join } from 'node:path';
import { readVariable } from './environment.js';

/** Folder of files that can be fetched or made again: `$ICHOR_CACHE`, else `~/.cache/ichor`. */
export function cacheFolder(): string {
  return readVariable('cache') ?? join(homedir(), '.cache', 'ichor');
}
