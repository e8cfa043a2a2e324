import type { ExecutorContext } from '@nx/devkit';
import { folderOfRun, onlyTells, ownArguments, refusal, stepArguments, type StepKind } from './arguments.js';
import { newKey } from './key.js';
import { namingOf } from './named.js';
import { runProgram } from './run-program.js';
import { isIntact, readStamp, stampPath, type StepOutputs } from './stamp.js';

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

/** Runs the program of a step, unless another machine has done what Nx has not in its own cache. */
export default async function runStep(
  options: StepOptions,
  { root, projectName = '', targetName = '', configurationName, taskGraph, projectGraph }: ExecutorContext,
): Promise<{ success: boolean }> {
  const { kind, program, programArguments: fixed = [], settings = [], __unparsed__: given = [] } = options;
  const refused = refusal(given);
  if (refused !== undefined) {
    process.stderr.write(`${refused}\n`);
    return { success: false };
  }
  const id = [projectName, targetName, ...(configurationName === undefined ? [] : [configurationName])].join(
    ':',
  );
  const naming =
    taskGraph === undefined ? { named: true, ofNamedModel: true } : namingOf(id, taskGraph, projectGraph);
  const words = stepArguments({ kind, fixed, settings, given, ...naming });
  // When a step only prints something, the steps before it do not run.
  if (onlyTells(given) && !onlyTells(words)) return { success: true };
  const outputs = { ...options, folder: folderOfRun(options.folder, words) };
  const key = process.env['NX_TASK_HASH'] ?? newKey('unknown');
  const stamp = readStamp(stampPath(root, outputs, targetName));
  // The hasher gives a key that exists only to a valid run; one of a cluster is not in the cache of this machine.
  if (stamp?.key === key && isIntact(stamp, root, outputs)) {
    process.stdout.write(`${projectName}:${targetName} done in 0.0 s\n`);
    return { success: true };
  }
  const code = await runProgram({
    workspaceRoot: root,
    project: projectName,
    target: targetName,
    program,
    arguments: words,
    outputs,
    key,
    // Of Nx: seconds after a Ctrl-C it kills what a task has started.
    command: ['npx nx run', id, ...ownArguments({ kind, given, ...naming })].join(' '),
  });
  return { success: code === 0 };
}
