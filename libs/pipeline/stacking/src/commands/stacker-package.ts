import { runAppPackage } from '@ichor/experiment';
import { stackCommand } from './stack.js';

/**
 * The program of a stacker's package: `mlp-stacking train --root DATA --fold 0`.
 *
 * @param module `import.meta.url` of the program, `dist/main.js` of the package
 * @returns the exit code, which is also set on the process
 */
export function runStackerPackage(module: string, argv?: readonly string[]): Promise<number> {
  // As in Nx, where every model has the task `train`.
  const commands = [{ ...stackCommand, name: 'train' }];
  return runAppPackage(module, { kind: 'stacker', commands }, argv);
}
