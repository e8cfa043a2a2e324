import type { ProjectGraph, Task, TaskGraph } from '@nx/devkit';
import { folderOfRun, ownArguments, stepKinds } from './arguments.js';
import type { StepOptions } from './executor.js';
import type { UpstreamStep } from './key.js';
import { namingOf } from './named.js';
import type { StepOutputs } from './stamp.js';

export interface Step {
  readonly options: StepOptions;
  /** The user's options that belong to it. */
  readonly words: readonly string[];
  /** Where it writes under these. */
  readonly outputs: StepOutputs;
}

/** @returns undefined when the task is not a step */
export function stepOf(task: Task, taskGraph: TaskGraph, projectGraph: ProjectGraph): Step | undefined {
  const target = projectGraph.nodes[task.target.project]?.data.targets?.[task.target.target];
  if (!stepKinds.some((kind) => target?.executor === `@ichor/nx-plugin:${kind}`)) return undefined;
  const options = target?.options as StepOptions;
  const { __overrides_unparsed__: given = [] } = task.overrides as {
    readonly __overrides_unparsed__?: readonly string[];
  };
  const words = ownArguments({ kind: options.kind, given, ...namingOf(task.id, taskGraph, projectGraph) });
  return { options, words, outputs: { ...options, folder: folderOfRun(options.folder, words) } };
}

/** The task as it is hashed: options that go to another program of the chain do not make this one run. */
export function withArguments(task: Task, own: readonly string[]): Task {
  return { ...task, overrides: { own, __overrides_unparsed__: own } };
}

/** The nearest steps that a task waits for, through tasks that only bundle others; sorted by id. */
export function upstreamSteps(id: string, taskGraph: TaskGraph, projectGraph: ProjectGraph): UpstreamStep[] {
  const steps = new Map<string, UpstreamStep>();
  const seen = new Set([id]);
  const queue = [...(taskGraph.dependencies[id] ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const task = taskGraph.tasks[next];
    const step = task && stepOf(task, taskGraph, projectGraph);
    // The identity of a step covers all that came before it.
    if (step) steps.set(next, { id: next, target: task.target.target, outputs: step.outputs });
    else queue.push(...(taskGraph.dependencies[next] ?? []));
  }
  return [...steps.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
