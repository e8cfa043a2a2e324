import { runCommand } from '@ichor/cli';
import { runAppPackage } from '@ichor/experiment';
import { predictCommand } from './predict.js';
import { trainCommand } from './train.js';

/** The program of every base model's package; see `@ichor/training/program`. */
export function modelPackage(module: string, argv?: readonly string[]): Promise<number> {
  return runAppPackage(module, { kind: 'base model', commands: [trainCommand, predictCommand] }, argv);
}

/** The program `ichor-train`. */
export async function train(): Promise<void> {
  await runCommand(trainCommand);
}

/** The program `ichor-predict`. */
export async function predict(): Promise<void> {
  await runCommand(predictCommand);
}
