import { runCommand, withRoot } from '@ichor/cli';
import { preprocessCommand } from './command.js';

/** The program `preprocess`; sets the exit code of the process. */
export async function runPreprocess(): Promise<void> {
  await runCommand(withRoot(preprocessCommand));
}
