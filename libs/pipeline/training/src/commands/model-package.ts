import { runAppPackage } from '@ichor/experiment';
import { predictCommand } from './predict.js';
import { trainCommand } from './train.js';

/**
 * The program of a base model's package: `se-resnext-410 train --root DATA --fold 0`.
 *
 * @param module `import.meta.url` of the program, `dist/main.js` of the package
 * @returns the exit code, which is also set on the process
 */
export function runModelPackage(module: string, argv?: readonly string[]): Promise<number> {
  return runAppPackage(module, { kind: 'base model', commands: [trainCommand, predictCommand] }, argv);
}
