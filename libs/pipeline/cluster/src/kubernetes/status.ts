import { z } from 'zod';
import { ClusterError } from '../error.js';
import type { RunProgram } from '../slurm/commands.js';
import type { Submission, SubmittedArray } from '../submission/submission.js';
import { containerName, keys } from './manifest.js';

const containerStatus = z.object({
  name: z.string(),
  state: z
    .object({
      running: z.unknown().optional(),
      terminated: z.object({ exitCode: z.number(), reason: z.string().optional() }).optional(),
      waiting: z.object({ reason: z.string().optional() }).optional(),
    })
    .default({}),
});

const condition = z.object({ type: z.string(), status: z.string(), reason: z.string().optional() });

const itemSchema = z.object({
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({ suspend: z.boolean().optional(), nodeName: z.string().optional() }).default({}),
  status: z
    .object({
      phase: z.string().optional(),
      completedIndexes: z.string().optional(),
      failedIndexes: z.string().optional(),
      conditions: z.array(condition).default([]),
      initContainerStatuses: z.array(containerStatus).default([]),
      containerStatuses: z.array(containerStatus).default([]),
    })
    .prefault({}),
});
const listSchema = z.object({ items: z.array(itemSchema) });

type Item = z.infer<typeof itemSchema>;

export interface PodState {
  readonly state: 'waiting' | 'running' | 'complete' | 'failed' | 'out-of-memory' | 'cancelled';
  /** `JOB/position`. */
  readonly job: string;
  readonly node: string | undefined;
  readonly reason: string | undefined;
}

/** What `kubectl get jobs,pods -o json` says of the steps of submissions. */
export function podStates(
  submissions: readonly Pick<Submission, 'arrays'>[],
  items: readonly Item[],
): ReadonlyMap<string, PodState> {
  const states = new Map<string, PodState>();
  const jobs = new Map(items.filter(({ kind }) => kind === 'Job').map((item) => [item.metadata.name, item]));
  const pods = items.filter(({ kind }) => kind === 'Pod');
  for (const { arrays } of submissions) {
    for (const array of arrays) {
      const job = jobs.get(array.job ?? '');
      if (job === undefined) continue;
      array.tasks.forEach(({ step }, position) => {
        states.set(step, stateOf(array, position, job, pods));
      });
    }
  }
  return states;
}

function stateOf(array: SubmittedArray, position: number, job: Item, pods: readonly Item[]): PodState {
  const { name } = job.metadata;
  const known = (state: PodState['state'], reason?: string, node?: string): PodState => ({
    state,
    job: `${name}/${position}`,
    node,
    reason,
  });
  if (indexIn(job.status.completedIndexes, position)) return known('complete');
  // Pods of earlier tries come first.
  const pod = pods
    .filter(
      ({ metadata }) =>
        metadata.labels['batch.kubernetes.io/job-name'] === name &&
        metadata.labels['batch.kubernetes.io/job-completion-index'] === String(position),
    )
    .at(-1);
  const failed = indexIn(job.status.failedIndexes, position) || isTrue(job, 'Failed');
  const node = pod?.spec.nodeName;
  const own = [...(pod?.status.initContainerStatuses ?? []), ...(pod?.status.containerStatuses ?? [])].find(
    (status) => status.name === containerName(array.name),
  );
  const ended = own?.state.terminated;
  if (ended?.exitCode === 0) return known('complete', undefined, node);
  if (ended !== undefined && failed) {
    return known(
      ended.reason === 'OOMKilled' ? 'out-of-memory' : 'failed',
      `exit code ${ended.exitCode}`,
      node,
    );
  }
  // Its fold failed in a step before it.
  if (failed)
    return known(ended === undefined && pod !== undefined ? 'cancelled' : 'failed', undefined, node);
  if (own?.state.running !== undefined) return known('running', undefined, node);
  const why = pod?.status.conditions.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  return known('waiting', job.spec.suspend === true ? 'Dependency' : why?.reason, node);
}

/**
 * The suspended Jobs that may start, and those that never can, by the names in their annotations: a Job that they need failed,
 * is gone, or never can start itself.
 */
export function nextJobs(items: readonly Item[]): {
  readonly start: readonly string[];
  readonly never: readonly string[];
} {
  const jobs = new Map(items.filter(({ kind }) => kind === 'Job').map((item) => [item.metadata.name, item]));
  const suspended = [...jobs].filter(([, { spec }]) => spec.suspend === true);
  const needsOf = ({ metadata }: Item) => namesIn(metadata.annotations[keys.after]);
  const is = (name: string, type: string) => {
    const job = jobs.get(name);
    return job !== undefined && isTrue(job, type);
  };
  const never = new Set<string>();
  for (let before = -1; before < never.size;) {
    before = never.size;
    for (const [name, job] of suspended) {
      // A missing Job was deleted; its outputs may exist, and the next submission checks them.
      const isLost = (need: string) => !jobs.has(need) || is(need, 'Failed') || never.has(need);
      if (needsOf(job).some(isLost)) never.add(name);
    }
  }
  const start = suspended.filter(([, job]) => needsOf(job).every((need) => is(need, 'Complete')));
  return { start: start.map(([name]) => name), never: [...never] };
}

function isTrue({ status }: Item, type: string): boolean {
  return status.conditions.some((one) => one.type === type && one.status === 'True');
}

function namesIn(annotation = '[]'): string[] {
  return z.array(z.string()).parse(JSON.parse(annotation));
}

/** Whether `0-2,4` holds an index. */
function indexIn(ranges: string | undefined, index: number): boolean {
  return (ranges ?? '').split(',').some((range) => {
    const [from = '', to = from] = range.split('-');
    return from !== '' && Number(from) <= index && index <= Number(to);
  });
}

/** Everything of all submissions of a namespace: one call. */
export async function readClusterItems(
  namespace: string | undefined,
  run: RunProgram,
): Promise<readonly Item[]> {
  const output = await run('kubectl', [
    ...[
      'get',
      'jobs,pods',
      '--output=json',
      '--sort-by=.metadata.creationTimestamp',
      `--selector=${keys.submission}`,
    ],
    ...namespaceOption(namespace),
  ]);
  const list = listSchema.safeParse(JSON.parse(output));
  if (list.success) return list.data.items;
  throw new ClusterError({
    code: 'cluster/scheduler',
    reason: `kubectl answered in a form that is not known: ${z.prettifyError(list.error).slice(0, 300)}`,
    remedy: 'use a Kubernetes of version 1.29 or later',
    cause: list.error,
  });
}

/** @returns the states of the steps; the Jobs that can never start are not among them, but named for each namespace */
export async function readClusterJobs(
  submissions: readonly Submission[],
  run: RunProgram,
): Promise<{
  readonly states: ReadonlyMap<string, PodState>;
  readonly never: ReadonlyMap<string | undefined, readonly string[]>;
}> {
  const states = new Map<string, PodState>();
  const never = new Map<string | undefined, readonly string[]>();
  for (const namespace of new Set(submissions.map((submission) => submission.namespace))) {
    const all = await readClusterItems(namespace, run);
    const lost = nextJobs(all).never;
    never.set(namespace, lost);
    const items = all.filter(({ kind, metadata }) => kind !== 'Job' || !lost.includes(metadata.name));
    const here = submissions.filter((submission) => submission.namespace === namespace);
    // The newest last, so that it wins.
    for (const [step, state] of podStates([...here].reverse(), items)) states.set(step, state);
  }
  return { states, never };
}

export function namespaceOption(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : [`--namespace=${namespace}`];
}
