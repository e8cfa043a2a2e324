import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The file that `npx nx` runs; started directly, it saves npm's half second and its warnings. */
export function nxProgram(workspace: string): string {
  return createRequire(join(workspace, 'package.json')).resolve('nx/bin/nx.js');
}
