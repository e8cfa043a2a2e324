import { createHash, randomBytes } from 'node:crypto';
import { workspaceRoot } from '@nx/devkit';
import { isIntact, readStamp, stampPath } from './stamp.mjs';

/**
 * The cache key of a step. A run is valid as long as its code, settings, data and inputs are the same *and* the files
 * that it wrote are still there; Nx by itself knows only the first half for files outside the workspace.
 *
 * The key of a valid run is the one under which it was stored, so it is a hit. Otherwise the key is new, which makes Nx
 * run the program; that does what is missing.
 *
 * @param {import('@nx/devkit').Task} task
 * @param {import('@nx/devkit').HasherContext & { env?: NodeJS.ProcessEnv }} context
 * @returns {Promise<import('@nx/devkit').Hash>}
 */
export default async function hashStep(task, { hasher, taskGraph, projectGraph, env }) {
  const { value, details, inputs } = await hasher.hashTask(task, taskGraph, env ?? process.env);
  const upstream = upstreamSteps(task.id, taskGraph, projectGraph).map(
    (step) =>
      `${step.id} ${readStamp(stampPath(workspaceRoot, step.outputs, step.target))?.identity ?? 'none'}`,
  );
  const base = createHash('sha256')
    .update([value, ...upstream].join('\n'))
    .digest('hex')
    .slice(0, 24);
  const outputs = outputsOf(task, projectGraph);
  const stamp = outputs && readStamp(stampPath(workspaceRoot, outputs, task.target.target));
  const valid =
    outputs && stamp && stamp.key.startsWith(`${base}-`) && isIntact(stamp, workspaceRoot, outputs);
  return {
    value: valid ? stamp.key : `${base}-${randomBytes(6).toString('hex')}`,
    details: { ...details, nodes: { ...details.nodes, upstream: upstream.join('\n') } },
    ...(inputs === undefined ? {} : { inputs }),
  };
}

/**
 * The nearest steps that a task waits for, through tasks that only bundle others.
 *
 * @param {string} id
 * @param {import('@nx/devkit').TaskGraph} taskGraph
 * @param {import('@nx/devkit').ProjectGraph} projectGraph
 */
function upstreamSteps(id, taskGraph, projectGraph) {
  /** @type {Map<string, { id: string, target: string, outputs: import('./stamp.mjs').StepOutputs }>} */
  const steps = new Map();
  const seen = new Set([id]);
  const queue = [...(taskGraph.dependencies[id] ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const task = taskGraph.tasks[next];
    const outputs = task && outputsOf(task, projectGraph);
    // The identity of a step covers all that came before it.
    if (task && outputs) steps.set(next, { id: next, target: task.target.target, outputs });
    else queue.push(...(taskGraph.dependencies[next] ?? []));
  }
  return [...steps.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * @param {import('@nx/devkit').Task} task
 * @param {import('@nx/devkit').ProjectGraph} projectGraph
 * @returns {import('./stamp.mjs').StepOutputs | undefined} undefined when the task is no step
 */
function outputsOf(task, projectGraph) {
  const target = projectGraph.nodes[task.target.project]?.data.targets?.[task.target.target];
  return target?.executor === '@ichor/nx-plugin:step' ? target.options : undefined;
}
