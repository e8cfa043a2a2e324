import { workspaceRoot, type Hash, type HasherContext, type Task } from '@nx/devkit';
import { onlyTells } from './arguments.js';
import { baseKey, newKey, settingsFile, validStamp } from './key.js';
import { stepOf, upstreamSteps, withArguments } from './step-of.js';

/**
 * The cache key of a step. A run is valid as long as its code, settings, data and inputs are the same *and* the files
 * that it wrote are still there; Nx by itself knows only the first half for files outside the workspace.
 *
 * The key of a valid run is the one under which it was stored, so it is a hit. Otherwise the key is new, which makes Nx
 * run the program; that does what is missing.
 */
export default async function hashStep(
  task: Task,
  { hasher, taskGraph, projectGraph, env }: HasherContext & { readonly env?: NodeJS.ProcessEnv },
): Promise<Hash> {
  const step = stepOf(task, taskGraph, projectGraph);
  const own = step === undefined ? task : withArguments(task, step.words);
  const { value, details, inputs } = await hasher.hashTask(own, taskGraph, env ?? process.env);
  const upstream = upstreamSteps(task.id, taskGraph, projectGraph);
  const settings = settingsFile(workspaceRoot, step?.words ?? []);
  const base = baseKey(workspaceRoot, { hash: value, upstream, settings });
  const valid =
    step && !onlyTells(step.words)
      ? validStamp(workspaceRoot, step.outputs, task.target.target, base)
      : undefined;
  return {
    value: valid?.key ?? newKey(base),
    details: { ...details, nodes: { ...details.nodes, upstream: upstream.map(({ id }) => id).join('\n') } },
    ...(inputs === undefined ? {} : { inputs }),
  };
}
