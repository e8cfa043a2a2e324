import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

export interface RunningProgram {
  /** Exit code; that of a program that a signal ended is 128 and the number of the signal, as in shells. */
  readonly ended: Promise<number>;
  kill(signal: NodeJS.Signals): void;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Starts a program of Node with the terminal of this process, and lets it outlive this process: seconds after a Ctrl-C, Nx
 * kills all descendants of its tasks, while a step of a training and its checkpoint may take longer. So the program is no
 * descendant: the shell that starts it ends at once, and the process that waits for the program has no parent in Nx. It still gets the
 * Ctrl-C of the terminal, because it stays in the same group of processes.
 */
export function startProgram(args: readonly string[], { cwd, env }: ProgramOptions): RunningProgram {
  return process.platform === 'win32' ? startChild(args, { cwd, env }) : startOrphan(args, { cwd, env });
}

/** File descriptor 3 brings the number of the process, then its exit code; the program itself does not have it. */
const script =
  '( "$@" 3>&- <&0 & echo $! >&3; wait $!; code=$?; while kill -0 $! 2>/dev/null; do wait $!; code=$?; done; echo $code >&3 ) <&0 &';

function startOrphan(args: readonly string[], options: ProgramOptions): RunningProgram {
  const shell = spawn('/bin/sh', ['-c', script, 'sh', process.execPath, ...args], {
    ...options,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
  });
  const told = shell.stdio[3];
  let text = '';
  const ended = new Promise<number>((resolve, reject) => {
    shell.once('error', reject);
    told?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    // A watcher that was killed says nothing of the end.
    told?.once('close', () => resolve(Number(text.split('\n')[1] || 1)));
  });
  const kill = (signal: NodeJS.Signals) => {
    const id = Number(text.split('\n')[0]);
    try {
      if (id > 0) process.kill(id, signal);
    } catch {
      // It has ended.
    }
  };
  return { ended, kill };
}

export function startChild(args: readonly string[], options: ProgramOptions): RunningProgram {
  const child = spawn(process.execPath, args, { ...options, stdio: 'inherit' });
  const ended = once(child, 'exit').then((end) => {
    const [code, signal] = end as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
  return { ended, kill: (signal) => void child.kill(signal) };
}
