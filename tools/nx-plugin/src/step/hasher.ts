import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  workspaceRoot,
  type Hash,
  type HasherContext,
  type ProjectGraph,
  type Task,
  type TaskGraph,
} from '@nx/devkit';
import { folderOfRun, onlyTells, ownArguments, stepKinds, valueOf } from './arguments.js';
import type { StepOptions } from './executor.js';
import { namingOf } from './named.js';
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
  const step = stepOf(task, taskGraph, projectGraph);
  // Options that go to another program of the chain do not make this one run.
  const own = step === undefined ? task : withArguments(task, step.words);
  const { value, details, inputs } = await hasher.hashTask(own, taskGraph, env ?? process.env);
  const upstream = upstreamSteps(task.id, taskGraph, projectGraph).map(
    ({ id, outputs, target }) =>
      `${id} ${readStamp(stampPath(workspaceRoot, outputs, target))?.identity ?? 'none'}`,
  );
  const base = createHash('sha256')
    .update([value, ...upstream, settingsFile(step?.words ?? [])].join('\n'))
    .digest('hex')
    .slice(0, 24);
  const outputs = step?.outputs;
  const stamp = outputs && readStamp(stampPath(workspaceRoot, outputs, task.target.target));
  const valid =
    outputs &&
    stamp &&
    !onlyTells(step.words) &&
    stamp.key.startsWith(`${base}-`) &&
    isIntact(stamp, workspaceRoot, outputs);
  return {
    value: valid ? stamp.key : `${base}-${randomBytes(6).toString('hex')}`,
    details: { ...details, nodes: { ...details.nodes, upstream: upstream.join('\n') } },
    ...(inputs === undefined ? {} : { inputs }),
  };
}

/** The content of the file that `--config` names; '' where it names none, or one that the program will refuse. */
function settingsFile(words: readonly string[]): string {
  const config = valueOf(words, 'config') ?? '';
  const file = resolve(process.env['INIT_CWD'] ?? workspaceRoot, config);
  return /\.(ya?ml|json)$/i.test(config) && existsSync(file) ? readFileSync(file, 'utf8') : '';
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
    const step = task && stepOf(task, taskGraph, projectGraph);
    // The identity of a step covers all that came before it.
    if (step) steps.set(next, { id: next, target: task.target.target, outputs: step.outputs });
    else queue.push(...(taskGraph.dependencies[next] ?? []));
  }
  return [...steps.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface UpstreamStep {
  readonly id: string;
  readonly target: string;
  readonly outputs: StepOutputs;
}

function withArguments(task: Task, own: readonly string[]): Task {
  return { ...task, overrides: { own, __overrides_unparsed__: own } };
}

interface Step {
  /** What of the user's options is its own. */
  readonly words: readonly string[];
  /** Where it writes under these. */
  readonly outputs: StepOutputs;
}

/** @returns undefined when the task is not a step */
function stepOf(task: Task, taskGraph: TaskGraph, projectGraph: ProjectGraph): Step | undefined {
  const target = projectGraph.nodes[task.target.project]?.data.targets?.[task.target.target];
  if (!stepKinds.some((kind) => target?.executor === `@ichor/nx-plugin:${kind}`)) return undefined;
  const options = target?.options as StepOptions;
  const { __overrides_unparsed__: given = [] } = task.overrides as {
    readonly __overrides_unparsed__?: readonly string[];
  };
  const words = ownArguments({ kind: options.kind, given, ...namingOf(task.id, taskGraph, projectGraph) });
  return { words, outputs: { ...options, folder: folderOfRun(options.folder, words) } };
}
