import { present } from '@ichor/files';
import {
  createProjectGraphAsync,
  workspaceRoot,
  type ProjectGraph,
  type Task,
  type TaskGraph,
} from '@nx/devkit';
import { readNxJson } from 'nx/src/config/nx-json';
import { createTaskHasher } from 'nx/src/hasher/create-task-hasher';
import { createTaskGraph } from 'nx/src/tasks-runner/create-task-graph';
import { onlyTells, refusal, stepArguments } from '../step/arguments.js';
import { baseKey, settingsFile, validStamp } from '../step/key.js';
import { namingOf } from '../step/named.js';
import { stepOf, upstreamSteps, withArguments, type Step } from '../step/step-of.js';
import { codeHash } from './code-hash.js';
import type { PlannedStep, StepPlan } from './step-plan.js';

/**
 * The steps that `nx run` of these tasks would run or find done, with their hashes.
 *
 * @param names tasks as Nx spells them, `project:target` or `project:target:configuration`
 * @param given options of the programs
 * @throws Error for a task that is not there
 */
export async function planSteps(names: readonly string[], given: readonly string[]): Promise<StepPlan> {
  const refused = refusal(given);
  if (refused !== undefined) throw new Error(refused);
  if (onlyTells(given))
    throw new Error(`${given.join(' ')}: nothing runs with an option that only tells something`);
  const projectGraph = await createProjectGraphAsync({ exitOnError: false });
  const hasher = createTaskHasher(projectGraph, readNxJson());
  const steps = new Map<string, PlannedStep>();
  for (const name of names) {
    const { project, target, configuration } = findTask(name, projectGraph);
    const overrides = { __overrides_unparsed__: [...given] };
    const taskGraph = createTaskGraph(projectGraph, {}, [project], [target], configuration, overrides);
    const wanted = inOrder(taskGraph.dependencies).flatMap((id) => {
      const task = taskGraph.tasks[id];
      const step = task && stepOf(task, taskGraph, projectGraph);
      return task && step ? [{ task, step }] : [];
    });
    const tasks = wanted.map(({ task, step }) => withArguments(task, step.words));
    const env = Object.fromEntries(tasks.map(({ id }) => [id, process.env]));
    const hashes = await hasher.hashTasks(tasks, taskGraph, env);
    wanted.forEach((one, index) => {
      const graphs = { taskGraph, projectGraph };
      const planned = plannedStep(one, present(hashes[index]).value, { graphs, given, steps });
      checkSameArguments(steps.get(planned.id), planned);
      steps.set(planned.id, planned);
    });
  }
  const packages = new Set([...steps.values()].flatMap((step) => step.packages));
  return {
    format: 'ichor-step-plan',
    version: 1,
    workspace: workspaceRoot,
    steps: [...steps.values()],
    code: Object.fromEntries([...packages].sort().map((folder) => [folder, codeHash(workspaceRoot, folder)])),
  };
}

interface WantedStep {
  readonly task: Task;
  readonly step: Step;
}

/** @param steps those planned before, with all that this one needs */
function plannedStep(
  { task, step: { options, words, outputs } }: WantedStep,
  hash: string,
  {
    graphs: { taskGraph, projectGraph },
    given,
    steps,
  }: {
    readonly graphs: { readonly taskGraph: TaskGraph; readonly projectGraph: ProjectGraph };
    readonly given: readonly string[];
    readonly steps: ReadonlyMap<string, PlannedStep>;
  },
): PlannedStep {
  const { project, target } = task.target;
  const upstream = upstreamSteps(task.id, taskGraph, projectGraph).map((step) => ({
    ...step,
    outputs: { folder: step.outputs.folder, products: step.outputs.products },
  }));
  const needs = upstream.map((step) => stepId(present(taskGraph.tasks[step.id])));
  const { kind, program, programArguments: fixed = [] } = options;
  const { settings = [] } = configurationOf(task, projectGraph);
  const naming = namingOf(task.id, taskGraph, projectGraph);
  const inputs = { hash, upstream, settings: settingsFile(workspaceRoot, words) };
  const base = baseKey(workspaceRoot, inputs);
  return {
    ...inputs,
    id: stepId(task),
    project,
    target,
    kind,
    program,
    arguments: stepArguments({ kind, fixed, settings, given, ...naming }),
    folder: outputs.folder,
    products: outputs.products,
    needs,
    packages: packagesOf(project, projectGraph),
    done:
      needs.every((need) => steps.get(need)?.done === true) &&
      validStamp(workspaceRoot, outputs, target, base) !== undefined,
  };
}

/** A step of two tasks is one step: both must want the same of it. */
function checkSameArguments(before: PlannedStep | undefined, planned: PlannedStep): void {
  if (before === undefined || before.arguments.join('\0') === planned.arguments.join('\0')) return;
  throw new Error(
    `${planned.id} would run with "${before.arguments.join(' ')}" for one task and "${planned.arguments.join(' ')}" for another; name these tasks one at a time`,
  );
}

function findTask(name: string, { nodes }: ProjectGraph) {
  const [project = '', target = '', configuration] = name.split(':');
  const node = nodes[project];
  if (node === undefined) throw new Error(`${name}: there is no project ${project}`);
  const targets = node.data.targets ?? {};
  const found = targets[target];
  if (found?.executor === undefined || !found.executor.startsWith('@ichor/nx-plugin:')) {
    const steps = Object.keys(targets).filter((one) =>
      targets[one]?.executor?.startsWith('@ichor/nx-plugin:'),
    );
    throw new Error(
      `${name}: ${project} has no step ${target}; ${steps.length === 0 ? 'it has none' : `steps: ${steps.join(', ')}`}`,
    );
  }
  if (configuration !== undefined && found.configurations?.[configuration] === undefined) {
    throw new Error(`${name}: ${project}:${target} has no configuration ${configuration}`);
  }
  return { project, target, configuration };
}

/** What the configuration of a task adds to its options. */
function configurationOf(
  { target: { project, target, configuration } }: Task,
  { nodes }: ProjectGraph,
): { readonly settings?: readonly string[] } {
  const configurations = nodes[project]?.data.targets?.[target]?.configurations ?? {};
  return configuration === undefined ? {} : (configurations[configuration] ?? {});
}

function stepId({ target: { project, target } }: Task): string {
  return `${project}:${target}`;
}

/** The ids, each after those that it depends on. */
function inOrder(dependencies: Readonly<Record<string, readonly string[]>>): string[] {
  const ordered = new Set<string>();
  const visit = (id: string): void => {
    if (ordered.has(id)) return;
    for (const needed of dependencies[id] ?? []) visit(needed);
    ordered.add(id);
  };
  for (const id of Object.keys(dependencies).sort()) visit(id);
  return [...ordered];
}

function packagesOf(project: string, { nodes, dependencies }: ProjectGraph): string[] {
  const found = new Set<string>();
  const queue = [project];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const node = nodes[name];
    if (node === undefined || found.has(node.data.root)) continue;
    found.add(node.data.root);
    for (const { target } of dependencies[name] ?? []) queue.push(target);
  }
  return [...found].sort();
}
