import { present } from '@ichor/files';
import { createHash } from 'node:crypto';
import type { JobArray } from '../plan/arrays.js';
import type { KubernetesSettings } from '../settings/cluster-file.js';
import type { Resources } from '../settings/resources.js';

export interface ManifestContext {
  readonly kubernetes: KubernetesSettings;
  readonly environment: Readonly<Record<string, string>>;
  /** Id of the submission. */
  readonly submission: string;
  readonly workspace: string;
  /** Of the submission. */
  readonly folder: string;
  readonly node: string;
  readonly program: string;
}

/** Labels and annotations by which jobs are found again. */
export const keys = {
  submission: 'ichor/submission',
  /** Names of the Jobs that must be complete before this one may start, as JSON. */
  after: 'ichor/after',
} as const;

/** The part of a Job of batch/v1 that is used here. */
export interface JobManifest {
  readonly apiVersion: 'batch/v1';
  readonly kind: 'Job';
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * Indexed Jobs for the arrays. Kubernetes has no dependencies between Jobs, so they are expressed in two ways. Steps that follow each other in the
 * same fold (train, then predict) are one pod: its init containers run in order, each after the last one succeeded. A Job that
 * waits for other Jobs is made suspended, takes nothing, and is started by `ichor jobs` when those are complete.
 */
export function kubernetesManifests(arrays: readonly JobArray[], context: ManifestContext): JobManifest[] {
  const jobs = chains(arrays);
  return jobs.map((chain) => manifest(chain, jobs, context));
}

/** The name of the Job that holds an array. */
export function jobNameOf(arrays: readonly JobArray[], array: string, submission: string): string {
  const chain = present(chains(arrays).find((candidate) => candidate.some(({ name }) => name === array)));
  return nameOf(chain, submission);
}

/** A name that Kubernetes accepts: lower-case letters, digits and -, at most `length`; unique through a hash. */
export function clusterName(text: string, length = 52): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (plain === text && plain.length <= length) return plain;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 6);
  return `${plain.slice(0, length - 7).replace(/-+$/, '')}-${hash}`;
}

type Chain = readonly JobArray[];

/** Arrays whose tasks follow each other one by one are one Job. */
function chains(arrays: readonly JobArray[]): Chain[] {
  const found: JobArray[][] = [];
  for (const array of arrays) {
    const [only, ...more] = array.after;
    const before =
      only?.kind === 'corresponding' && more.length === 0
        ? found.find(
            (chain) => chain.at(-1)?.name === only.array && sameIndices(present(chain.at(-1)), array),
          )
        : undefined;
    if (before === undefined) found.push([array]);
    else before.push(array);
  }
  return found;
}

function sameIndices(a: JobArray, b: JobArray): boolean {
  const indices = ({ tasks }: JobArray) => tasks.map(({ index }) => index).join();
  return indices(a) === indices(b);
}

function nameOf(chain: Chain, submission: string): string {
  return clusterName(`ichor-${submission}-${present(chain[0]).name}`);
}

function manifest(chain: Chain, all: readonly Chain[], context: ManifestContext): JobManifest {
  const { kubernetes, submission } = context;
  const first = present(chain[0]);
  const { length } = first.tasks;
  const after = first.after.flatMap((dependency) =>
    dependency.kind === 'earlier'
      ? dependency.jobs.map((job) => present(job.split('/')[0]))
      : all
          .filter((other) => other.some(({ name }) => name === dependency.array))
          .map((other) => nameOf(other, submission)),
  );
  const labels = { 'app.kubernetes.io/name': 'ichor', [keys.submission]: submission };
  const containers = chain.map((array) => container(array, context));
  const security = {
    ...(kubernetes.user === undefined ? {} : { runAsUser: kubernetes.user }),
    ...(kubernetes.group === undefined ? {} : { runAsGroup: kubernetes.group, fsGroup: kubernetes.group }),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: nameOf(chain, submission),
      ...(kubernetes.namespace === undefined ? {} : { namespace: kubernetes.namespace }),
      labels,
      annotations: { [keys.after]: JSON.stringify([...new Set(after)].sort()) },
    },
    spec: {
      completionMode: 'Indexed',
      completions: length,
      parallelism: length,
      // A fold that fails ends neither the other folds nor their Job.
      backoffLimitPerIndex: kubernetes.retries,
      maxFailedIndexes: length,
      suspend: after.length > 0,
      podFailurePolicy: {
        rules: [
          // Preempted or drained: not the fault of the step, which saved and goes on elsewhere.
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        ],
      },
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: kubernetes.graceSeconds,
          ...(containers.length > 1 ? { initContainers: containers.slice(0, -1) } : {}),
          containers: containers.slice(-1),
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: kubernetes.claim } }],
          ...(Object.keys(kubernetes.nodeSelector).length === 0
            ? {}
            : { nodeSelector: kubernetes.nodeSelector }),
          ...(Object.keys(security).length === 0 ? {} : { securityContext: security }),
        },
      },
    },
  };
}

export function containerName(array: string): string {
  return clusterName(array, 63);
}

function container({ name, resources }: JobArray, context: ManifestContext) {
  const { kubernetes, environment, workspace, folder, node, program } = context;
  const field = (variable: string, fieldPath: string) => ({
    name: variable,
    valueFrom: { fieldRef: { fieldPath } },
  });
  return {
    name: containerName(name),
    image: kubernetes.image,
    // A list, not a line for a shell. Kubernetes replaces $(NAME) in it, and $$ by $.
    command: [node, program, folder, name].map((word) => word.replaceAll('$', '$$$$')),
    workingDir: workspace,
    env: [
      field('POD_NAME', 'metadata.name'),
      field('NODE_NAME', 'spec.nodeName'),
      field('JOB_UID', "metadata.labels['batch.kubernetes.io/controller-uid']"),
      ...Object.entries(environment).map(([variable, value]) => ({
        name: variable,
        value: value.replaceAll('$', '$$$$'),
      })),
    ],
    resources: amounts(resources, kubernetes),
    volumeMounts: [{ name: 'data', mountPath: kubernetes.mountPath }],
  };
}

function amounts({ gpus, cores, memory }: Resources, { gpuResource }: KubernetesSettings) {
  const gpu: Record<string, string> = gpus === 0 ? {} : { [gpuResource]: String(gpus) };
  const fixed = { memory: `${memory}Mi`, ...gpu };
  return { requests: { cpu: String(cores), ...fixed }, limits: fixed };
}
