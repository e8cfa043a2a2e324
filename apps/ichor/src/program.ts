import { runCommand } from '@ichor/cli';
import { ichor } from './ichor.js';

/** The program `ichor`; sets the exit code of the process. */
export async function runIchor(): Promise<void> {
  await runCommand(await ichor(process.argv.slice(2)));
}
