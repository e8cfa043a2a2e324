import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeStamp } from './stamp.mjs';

/**
 * Runs the program of a step with the terminal of Nx, and stamps what it wrote.
 *
 * @param {import('./stamp.mjs').StepOutputs & {
 *   program: string, programArguments?: string[], settings?: string[], __unparsed__?: string[],
 * }} options
 * @param {import('@nx/devkit').ExecutorContext} context
 * @returns {Promise<{ success: boolean }>}
 */
export default async function runStep(options, { root, projectName, targetName }) {
  const started = performance.now();
  const { program, programArguments = [], settings = [], __unparsed__: given = [] } = options;
  const child = spawn(process.execPath, [program, ...programArguments, ...settings, ...given], {
    cwd: root,
    stdio: 'inherit',
  });
  // Ctrl-C reaches the whole group of processes; the program saves its state, and this one waits for it.
  const wait = () => undefined;
  const forward = () => child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', forward);
  try {
    const [code] = await once(child, 'exit');
    if (code !== 0) return { success: false };
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', forward);
  }
  const key = process.env['NX_TASK_HASH'] ?? `unknown-${randomBytes(6).toString('hex')}`;
  const missing = await writeStamp(root, options, targetName ?? '', key);
  for (const path of missing) process.stderr.write(`${program} ended well but ${path} is not there\n`);
  if (missing.length > 0) return { success: false };
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${projectName}:${targetName} done in ${seconds} s\n`);
  return { success: true };
}
