import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const run = promisify(execFile);

/** Runs one step, and prints its time or the output of the programs that failed in it. */
export async function step(what, action) {
  const start = performance.now();
  try {
    await action();
  } catch (cause) {
    throw new Error(`${what}: ${cause.stdout ?? ''}${cause.stderr ?? ''}${cause.message}`, { cause });
  }
  process.stdout.write(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

export function npm(cwd, env, ...args) {
  return run('npm', ['--no-audit', '--no-fund', ...args], { cwd, env });
}

/** Four at a time. */
export async function eachOf(items, action) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await action(item);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}
