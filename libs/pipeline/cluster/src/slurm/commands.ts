import { execFile } from 'node:child_process';
import { systemCode } from '@ichor/files';
import { ClusterError } from '../error.js';

/** Runs a program of a scheduler without a shell; gives what it printed. */
export type RunProgram = (program: string, args: readonly string[], input?: string) => Promise<string>;

/** Milliseconds after which a missing answer counts as a failure. */
const TIMEOUT = 120_000;

/**
 * @throws ClusterError `cluster/scheduler` with what the program said
 */
export const runProgram: RunProgram = (program, args, input) =>
  new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...args],
      { timeout: TIMEOUT, maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve(stdout);
          return;
        }
        const missing = systemCode(error) === 'ENOENT';
        reject(
          new ClusterError({
            code: 'cluster/scheduler',
            reason: missing
              ? `${program} is not installed here`
              : `${program} failed: ${lastLine(stderr) ?? error.message}`,
            remedy: missing
              ? 'run this command where the programs of the scheduler are, such as the login node'
              : 'correct what it names (cluster.json holds partition, account and limits), then run the same command again',
            cause: error,
          }),
        );
      },
    );
    // It may end before it has read anything; its error tells more than the broken pipe.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });

function lastLine(text: string): string | undefined {
  return (
    text
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^\w+: error: /, '') || undefined
  );
}
