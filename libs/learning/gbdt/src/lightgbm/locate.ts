import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the build puts the library, inside this package; the same from `src` and from `dist`. */
export const nativeFolder = fileURLToPath(new URL('../../native', import.meta.url));

const fileNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'lib_lightgbm.so',
  darwin: 'lib_lightgbm.dylib',
  win32: 'lib_lightgbm.dll',
};

export const libraryFileName = fileNames[process.platform] ?? 'lib_lightgbm.so';

/** Folders where packages of the system put it. */
const systemFolders = ['/usr/lib', '/usr/local/lib', '/usr/lib64', '/opt/homebrew/lib'];

/**
 * Where LightGBM may be, best first: what the user names (`LIGHTGBM_LIB`), what this package has built,
 * what the system has.
 *
 * @returns the first that exists; one named by the user is returned whether it exists or not
 */
export function locateLibrary(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment['LIGHTGBM_LIB'];
  if (named !== undefined && named !== '') return named;
  return [nativeFolder, ...systemFolders].map((folder) => join(folder, libraryFileName)).find(existsSync);
}
