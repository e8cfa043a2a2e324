import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Identity of the compiled code of a package: what the compiler notes of every source. */
export function codeHash(workspaceRoot: string, folder: string): string {
  try {
    const notes = readFileSync(join(workspaceRoot, folder, 'dist', 'tsconfig.tsbuildinfo'));
    return createHash('sha256').update(notes).digest('hex').slice(0, 24);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'not compiled';
    throw error;
  }
}
