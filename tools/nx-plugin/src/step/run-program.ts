import { variables } from '@ichor/files';
import { onlyTells } from './arguments.js';
import { startChild, startProgram } from './program.js';
import { writeStamp, type StepOutputs } from './stamp.js';

/** Exit code of a program that was stopped by Ctrl-C and has saved its state. */
const INTERRUPTED = 130;

export interface ProgramRun {
  readonly workspaceRoot: string;
  readonly project: string;
  readonly target: string;
  /** JavaScript file, relative to the workspace. */
  readonly program: string;
  readonly arguments: readonly string[];
  readonly outputs: StepOutputs;
  /** Of the stamp. */
  readonly key: string;
  /** The command of Nx that runs it, and so its owner; the program then outlives this process. */
  readonly command?: string;
}

/**
 * Runs the program of a step with the terminal of this process, and stamps what it wrote.
 *
 * @returns the exit code; that of a program that a signal ended is 128 and the number of the signal, as in shells
 */
export async function runProgram(run: ProgramRun): Promise<number> {
  const started = performance.now();
  const { workspaceRoot, project, target, program, outputs, key } = run;
  const words = [program, ...run.arguments];
  const options = { cwd: workspaceRoot, env: process.env };
  const running =
    run.command === undefined
      ? startChild(words, options)
      : startProgram(words, { ...options, env: { ...process.env, [variables.command]: run.command } });
  // Ctrl-C reaches the whole group of processes; the program saves its state, and this one waits for it.
  const wait = () => undefined;
  const forward = () => running.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', forward);
  try {
    const exitCode = await running.ended;
    if (exitCode !== 0) {
      // For those who follow the output: Nx itself names what failed when everything else has ended.
      process.stdout.write(
        `${project}:${target} ${exitCode === INTERRUPTED ? 'was stopped' : `failed with exit code ${exitCode}`}\n`,
      );
      return exitCode;
    }
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', forward);
  }
  if (onlyTells(run.arguments)) return 0;
  const missing = await writeStamp(workspaceRoot, outputs, target, key);
  for (const path of missing) process.stderr.write(`${program} ended well but ${path} is not there\n`);
  if (missing.length > 0) return 1;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${project}:${target} done in ${seconds} s\n`);
  return 0;
}
