import { runCommand } from '@ichor/cli';
import { runAppPackage } from '@ichor/experiment';
import { stackCommand } from './stack.js';

/** The program of every stacker's package; see `@ichor/stacking/program`. */
export function stackerPackage(module: string, argv?: readonly string[]): Promise<number> {
  // As in Nx, where every model has the task `train`.
  const commands = [{ ...stackCommand, name: 'train' }];
  return runAppPackage(module, { kind: 'stacker', commands }, argv);
}

/** The program `ichor-stack`. */
export async function stack(): Promise<void> {
  await runCommand(stackCommand);
}
