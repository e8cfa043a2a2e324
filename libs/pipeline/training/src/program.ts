import { importBundled } from '@ichor/files/bundled';
import type * as Programs from './commands/programs.js';

/**
 * The program of a base model's package: `se-resnext-410 train --root DATA --fold 0`.
 *
 * @param module `import.meta.url` of the program, `dist/main.js` of the package
 * @returns the exit code, which is also set on the process
 */
export async function runModelPackage(module: string, argv?: readonly string[]): Promise<number> {
  const { modelPackage } = await programs();
  return modelPackage(module, argv);
}

/** The programs of this package. */
export function programs(): Promise<typeof Programs> {
  // Compiled code, also when this file runs from src.
  return importBundled(new URL('../dist/commands/programs.js', import.meta.url));
}
