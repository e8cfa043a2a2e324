import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface ChildOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Called for each line of both outputs. */
  readonly onLine: (line: string) => void;
}

/**
 * Runs a Node.js program to its end. A stop ends it too, also one that came before; then the reason of the signal is thrown,
 * however the program ended: a stopped program does not count as failed.
 *
 * @returns the exit code; 1 for a program that a signal of somebody else ended
 */
export async function runChild(
  args: readonly string[],
  { cwd, env, signal, onLine }: ChildOptions,
): Promise<number> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, args, {
    cwd,
    ...(env === undefined ? {} : { env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Ctrl-C reaches all programs of a terminal by itself; without one it is passed on.
  const stop = () => void (process.stdin.isTTY || child.kill('SIGINT'));
  signal.addEventListener('abort', stop);
  const follow = async (stream: NodeJS.ReadableStream) => {
    for await (const line of createInterface({ input: stream })) onLine(line);
  };
  try {
    const [[code]] = (await Promise.all([
      once(child, 'close'),
      follow(child.stdout),
      follow(child.stderr),
    ])) as [[number | null], void, void];
    signal.throwIfAborted();
    return code ?? 1;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
