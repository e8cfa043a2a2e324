import { runCommand, withRoot } from '@ichor/cli';
import { submissionCommand } from './command.js';

/** The program `submission`; sets the exit code of the process. */
export async function runSubmission(): Promise<void> {
  await runCommand(withRoot(submissionCommand));
}
