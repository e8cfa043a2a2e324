import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ExecutorContext } from '@nx/devkit';
import { folderOfRun, onlyTells, stepArguments, type StepKind } from './arguments.js';
import { namingOf } from './named.js';
import { writeStamp, type StepOutputs } from './stamp.js';

export interface StepOptions extends StepOutputs {
  readonly kind: StepKind;
  /** JavaScript file, relative to the workspace. */
  readonly program: string;
  readonly programArguments?: readonly string[];
  /** What a configuration adds. */
  readonly settings?: readonly string[];
  /** What the user gave. */
  readonly __unparsed__?: readonly string[];
}

/** Runs the program of a step with the terminal of Nx, and stamps what it wrote. */
export default async function runStep(
  options: StepOptions,
  { root, projectName = '', targetName = '', configurationName, taskGraph, projectGraph }: ExecutorContext,
): Promise<{ success: boolean }> {
  const started = performance.now();
  if (options.__unparsed__?.some((word) => /^--root(?:=|$)/.test(word)) === true) {
    process.stderr.write(
      'Tasks have no option --root: the folder of input/ and the results is a part of their cache key. Set ICHOR_ROOT.\n',
    );
    return { success: false };
  }
  const { kind, program, programArguments: fixed = [], settings = [], __unparsed__: given = [] } = options;
  const id = [projectName, targetName, ...(configurationName === undefined ? [] : [configurationName])].join(
    ':',
  );
  const naming =
    taskGraph === undefined ? { named: true, ofNamedModel: true } : namingOf(id, taskGraph, projectGraph);
  const words = stepArguments({ kind, fixed, settings, given, ...naming });
  // Nothing before a step is done for its words alone.
  if (onlyTells(given) && !onlyTells(words)) return { success: true };
  const child = spawn(process.execPath, [program, ...words], { cwd: root, stdio: 'inherit' });
  // Ctrl-C reaches the whole group of processes; the program saves its state, and this one waits for it.
  const wait = () => undefined;
  const forward = () => child.kill('SIGTERM');
  process.on('SIGINT', wait);
  process.on('SIGTERM', forward);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0) {
      // For those who follow the output: Nx itself names what failed when everything else has ended.
      process.stdout.write(`${projectName}:${targetName} failed with exit code ${code ?? 1}\n`);
      return { success: false };
    }
  } finally {
    process.off('SIGINT', wait);
    process.off('SIGTERM', forward);
  }
  if (onlyTells(words)) return { success: true };
  const outputs = { ...options, folder: folderOfRun(options.folder, words) };
  const key = process.env['NX_TASK_HASH'] ?? `unknown-${randomBytes(6).toString('hex')}`;
  const missing = await writeStamp(root, outputs, targetName, key);
  for (const path of missing) process.stderr.write(`${program} ended well but ${path} is not there\n`);
  if (missing.length > 0) return { success: false };
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${projectName}:${targetName} done in ${seconds} s\n`);
  return { success: true };
}
