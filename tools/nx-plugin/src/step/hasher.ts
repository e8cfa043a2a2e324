import { createHash, randomBytes } from 'node:crypto';
import {
  workspaceRoot,
  type Hash,
  type HasherContext,
  type ProjectGraph,
  type Task,
  type TaskGraph,
} from '@nx/devkit';
import { ownArguments } from './arguments.js';
import type { StepOptions } from './executor.js';
import { isNamed } from './named.js';
import { isIntact, readStamp, stampPath, type StepOutputs } from './stamp.js';

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
  const outputs = optionsOf(task, projectGraph);
  // Options that go to another program of the chain do not make this one run.
  const own =
    outputs === undefined ? task : withOwnArguments(task, outputs, isNamed(task.id, taskGraph, projectGraph));
  const { value, details, inputs } = await hasher.hashTask(own, taskGraph, env ?? process.env);
  const upstream = upstreamSteps(task.id, taskGraph, projectGraph).map(
    (step) =>
      `${step.id} ${readStamp(stampPath(workspaceRoot, step.outputs, step.target))?.identity ?? 'none'}`,
  );
  const base = createHash('sha256')
    .update([value, ...upstream].join('\n'))
    .digest('hex')
    .slice(0, 24);
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
 */
function upstreamSteps(id: string, taskGraph: TaskGraph, projectGraph: ProjectGraph): UpstreamStep[] {
  const steps = new Map<string, UpstreamStep>();
  const seen = new Set([id]);
  const queue = [...(taskGraph.dependencies[id] ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const task = taskGraph.tasks[next];
    const outputs = task && optionsOf(task, projectGraph);
    // The identity of a step covers all that came before it.
    if (task && outputs) steps.set(next, { id: next, target: task.target.target, outputs });
    else queue.push(...(taskGraph.dependencies[next] ?? []));
  }
  return [...steps.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface UpstreamStep {
  readonly id: string;
  readonly target: string;
  readonly outputs: StepOutputs;
}

function withOwnArguments(task: Task, { kind }: StepOptions, named: boolean): Task {
  const overrides = task.overrides as { readonly __overrides_unparsed__?: readonly string[] };
  const own = ownArguments({ kind, given: overrides.__overrides_unparsed__ ?? [], named });
  return { ...task, overrides: { own, __overrides_unparsed__: own } };
}

/** @returns undefined when the task is not a step */
function optionsOf(task: Task, projectGraph: ProjectGraph): StepOptions | undefined {
  const target = projectGraph.nodes[task.target.project]?.data.targets?.[task.target.target];
  return target?.executor === '@ichor/nx-plugin:step' ? (target.options as StepOptions) : undefined;
}
