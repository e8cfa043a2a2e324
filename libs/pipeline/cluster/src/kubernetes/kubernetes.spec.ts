import { Job } from 'kubernetes-models/batch/v1';
import { expect, it } from 'vitest';
import type { JobArray } from '../plan/arrays.js';
import { clusterName, jobNameOf, kubernetesManifests, keys, type ManifestContext } from './manifest.js';
import { nextJobs, podStates, readClusterItems } from './status.js';

const resources = { partition: undefined, gpus: 1, gpuType: undefined, cores: 8, memory: 24_576, time: 3600 };
const array = (
  name: string,
  target: string,
  folds: readonly number[],
  after: JobArray['after'],
): JobArray => ({
  name,
  single: folds.length === 0,
  tasks: (folds.length === 0 ? [0] : folds).map((index) => ({
    index,
    step: folds.length === 0 ? target : `${target}-fold-${index}`,
  })),
  after,
  resources,
});
const arrays = [
  array('preprocess.preprocess', 'preprocess:preprocess', [], []),
  array('xception.train', 'xception:train', [0, 3], [{ kind: 'all', array: 'preprocess.preprocess' }]),
  array('xception.predict', 'xception:predict', [0, 3], [{ kind: 'corresponding', array: 'xception.train' }]),
  array(
    's.train',
    's:train',
    [0, 3],
    [
      { kind: 'all', array: 'xception.predict' },
      { kind: 'earlier', jobs: ['old/2'] },
    ],
  ),
];
const context: ManifestContext = {
  kubernetes: {
    image: 'node:22',
    namespace: 'mri',
    claim: 'data',
    mountPath: '/d',
    gpuResource: 'nvidia.com/gpu',
    graceSeconds: 180,
    retries: 1,
    nodeSelector: { gpu: 'a100' },
    user: 1000,
    group: 1000,
  },
  environment: { TOKEN: 'a$(HOME)b' },
  submission: '20260131-235959-1a2b',
  workspace: '/d/ichor',
  folder: '/d/$(x)/output/jobs/1',
  node: 'node',
  program: '/d/ichor/run-job.js',
};
const manifests = kubernetesManifests(arrays, context);

it('makes Jobs that the schema of the API accepts', () => {
  for (const manifest of manifests) expect(() => new Job(manifest as never).validate()).not.toThrow();
  const wrong = { ...manifests[0], spec: { ...manifests[0]?.spec, completions: 'two' } };
  expect(() => new Job(wrong as never).validate()).toThrow('spec/completions must be integer');
});

it('runs the steps of a fold in one pod, and makes what waits for others suspended', () => {
  const names = ['preprocess.preprocess', 'xception.train', 's.train'].map((name) =>
    jobNameOf(arrays, name, context.submission),
  );
  expect(jobNameOf(arrays, 'xception.predict', context.submission)).toBe(names[1]);
  expect(
    manifests.map(({ metadata, spec }) => [metadata.name, spec['completions'], spec['suspend']]),
  ).toEqual([
    [names[0], 1, false],
    [names[1], 2, true],
    [names[2], 2, true],
  ]);
  expect(
    manifests.map(({ metadata }) => JSON.parse(metadata.annotations[keys.after] ?? '') as unknown),
  ).toEqual([[], [names[0]], [names[1], 'old']]);
  const { template } = manifests[1]?.spec as { template: { spec: Record<string, { name: string }[]> } };
  expect(template.spec['initContainers']?.map(({ name }) => name)).toEqual([clusterName('xception.train')]);
  expect(template.spec['containers']).toMatchObject([
    {
      name: clusterName('xception.predict'),
      // $$ is a dollar sign to Kubernetes; $(x) would be replaced.
      command: ['node', '/d/ichor/run-job.js', '/d/$$(x)/output/jobs/1', 'xception.predict'],
      resources: {
        requests: { cpu: '8', memory: '24576Mi', 'nvidia.com/gpu': '1' },
        limits: { memory: '24576Mi', 'nvidia.com/gpu': '1' },
      },
    },
  ]);
  expect(JSON.stringify(template)).toContain('"value":"a$$(HOME)b"');
});

it('gives names that Kubernetes accepts and that differ', () => {
  expect(clusterName('plain-name')).toBe('plain-name');
  const names = ['A.b', 'a.b', 'a_b', 'x'.repeat(80), `${'x'.repeat(80)}y`].map((text) => clusterName(text));
  expect(new Set(names).size).toBe(5);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$/);
});

const job = (name: string, after: readonly string[], status: object, suspend = false) => ({
  kind: 'Job',
  metadata: { name, annotations: { [keys.after]: JSON.stringify(after) } },
  spec: { suspend },
  status,
});
const pod = (name: string, index: number, status: object) => ({
  kind: 'Pod',
  metadata: {
    name: `${name}-${index}-abc`,
    labels: {
      'batch.kubernetes.io/job-name': name,
      'batch.kubernetes.io/job-completion-index': String(index),
    },
  },
  spec: { nodeName: `n${index}` },
  status,
});
const complete = { conditions: [{ type: 'Complete', status: 'True' }] };
const read = (items: readonly object[]) => readClusterItems(undefined, async () => JSON.stringify({ items }));

it('starts the Jobs that wait for complete Jobs only, and gives up those that can never run', async () => {
  const items = await read([
    job('a', [], complete),
    job('b', ['a'], {}, true),
    job('c', ['a', 'b'], {}, true),
    job('d', [], { conditions: [{ type: 'Failed', status: 'True' }] }),
    job('h', ['e'], {}, true),
    job('e', ['d'], {}, true),
    job('f', ['gone'], {}, true),
    job('g', ['a'], {}, false),
  ]);
  const { start, never } = nextJobs(items);
  expect({ start, never: [...never].sort() }).toEqual({ start: ['b'], never: ['e', 'f', 'h'] });
});

it('tells the state of each step of a chain of containers', async () => {
  const chain = ['x.train', 'x.predict'].map((name) => ({
    name,
    job: 'j',
    single: false,
    tasks: [0, 1, 2, 3].map((index) => ({ index, step: `${name}-${index}` })),
    resources: { gpus: 0, cores: 1, memory: 1, time: 1 },
  }));
  const status = (name: string, state: object) => ({ name: clusterName(name, 63), state });
  const items = await read([
    job('j', [], { completedIndexes: '0', failedIndexes: '2' }),
    pod('j', 1, {
      initContainerStatuses: [status('x.train', { terminated: { exitCode: 0 } })],
      containerStatuses: [status('x.predict', { running: {} })],
    }),
    pod('j', 2, {
      initContainerStatuses: [status('x.train', { terminated: { exitCode: 137, reason: 'OOMKilled' } })],
      containerStatuses: [status('x.predict', { waiting: { reason: 'PodInitializing' } })],
    }),
    pod('j', 3, { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] }),
  ]);
  const states = podStates([{ arrays: chain }], items);
  expect(Object.fromEntries([...states].map(([step, { state }]) => [step, state]))).toEqual({
    'x.train-0': 'complete',
    'x.predict-0': 'complete',
    'x.train-1': 'complete',
    'x.predict-1': 'running',
    'x.train-2': 'out-of-memory',
    'x.predict-2': 'cancelled',
    'x.train-3': 'waiting',
    'x.predict-3': 'waiting',
  });
  expect(states.get('x.train-3')?.reason).toBe('Unschedulable');
});

it('refuses an answer of kubectl that it does not know', async () => {
  await expect(readClusterItems(undefined, async () => '{"items":[{"kind":1}]}')).rejects.toMatchObject({
    code: 'cluster/scheduler',
  });
});
