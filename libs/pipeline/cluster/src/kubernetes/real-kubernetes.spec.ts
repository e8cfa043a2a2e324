import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobStatus } from '../jobs/overview.js';
import {
  failing,
  MODEL,
  RealCluster,
  results,
  settled,
  slow,
  states,
  steps,
  userEnvironment,
  workspace,
} from '../testing/real-cluster.js';
import { StandInKubelet } from '../testing/stand-in-kubelet.js';
import type { JobManifest } from './manifest.js';

/*
 * Against a real API server with its controllers, which this test starts; a stand-in for the kubelet runs the commands of the pods as
 * processes. `npm run test:kubernetes` sets the mode. The oracle of every result is the same work done here without Kubernetes: files
 * are equal to the byte.
 */
const asked = process.env['MODE'] === 'kubernetes';
const reason = 'run by npm run test:kubernetes';

const tools = join(workspace, 'tools', 'kubernetes');

let cluster: RealCluster;
let env: NodeJS.ProcessEnv;
let servers = '';
let kubelet: StandInKubelet | undefined;

/** @throws Error with what kubectl printed */
async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const call = promisify(execFile)('kubectl', args, { env, maxBuffer: 1 << 26 });
  call.child.stdin?.end(input);
  return (await call).stdout;
}

describe('the pipeline on Kubernetes', () => {
  let local: string;

  beforeAll(async () => {
    if (!asked) return;
    const folder = await mkdtemp(join(tmpdir(), 'ichor-kubernetes-'));
    const { status, stdout, stderr } = spawnSync('sh', [join(tools, 'start.sh'), join(folder, 'servers')], {
      encoding: 'utf8',
    });
    servers = join(folder, 'servers');
    if (status !== 0) throw new Error(stderr.trim());
    env = userEnvironment({ KUBECONFIG: stdout.trim() });
    cluster = new RealCluster(folder, env, {
      kubernetes: { image: 'none', claim: 'rsna', mountPath: '/', retries: 1, graceSeconds: 60 },
    });
    kubelet = new StandInKubelet(env, 'n1');
    await kubelet.start();
    await cluster.makeInput();
    local = await cluster.newRoot('local');
    await cluster.submit(local, 'local', `${MODEL}:predict:demo`, await cluster.clusterFile('local'));
    expect(Object.keys(await results(local))).toContain('fold1_test.arrow');
  }, 900_000);

  afterAll(async () => {
    if (!asked) return;
    await kubelet?.stop();
    spawnSync('sh', [join(tools, 'stop.sh'), servers]);
  });

  it('the API server accepts every Job of the whole pipeline as it is, and no other field', async ({
    skip,
  }) => {
    skip(!asked, reason);
    const root = await cluster.newRoot('dry');
    const words = ['--on', 'kubernetes', '--dry-run', '--cluster', await cluster.clusterFile('dry')];
    const printed = await cluster.ichor(root, 'submit', 'submission:make', ...words);
    const items = [...printed.matchAll(/^\{\n[^]*?^\}$/gm)].map(([text]) => JSON.parse(text) as JobManifest);
    expect(items.length).toBeGreaterThan(15);
    const ask = (some: readonly object[]) =>
      kubectl(
        ['apply', '--dry-run=server', '--validate=strict', '--output=name', '--filename=-'],
        JSON.stringify({ apiVersion: 'v1', kind: 'List', items: some }),
      );
    expect((await ask(items)).trim().split('\n')).toEqual(
      items.map(({ metadata }) => `job.batch/${metadata.name}`),
    );
    const [first] = items;
    const wrong = (spec: object) => ask([{ ...first, spec: { ...first?.spec, ...spec } }]);
    await expect(wrong({ completion: 1 })).rejects.toThrow(/unknown field "(spec\.)?completion"/);
    await expect(wrong({ completionMode: 'NonIndexed' })).rejects.toThrow('backoffLimitPerIndex');
  }, 600_000);

  it('a fold that fails stops what needs it and nothing else; a second submission adds what is missing', async ({
    skip,
  }) => {
    skip(!asked, reason);
    const root = await cluster.newRoot('folds');
    const submit = (settings: string) =>
      cluster.submit(root, 'kubernetes', `${MODEL}:predict:demo`, settings);
    const first = await submit(
      await cluster.clusterFile('failing', await cluster.preload('failing', failing)),
    );
    expect(first.arrays.map(({ name, tasks }) => [name, tasks.length])).toEqual([
      ['preprocess.preprocess', 1],
      [`${MODEL}.train`, 2],
      [`${MODEL}.predict`, 2],
    ]);
    const ended = await cluster.until(root, settled, 900);
    expect(states(ended)).toEqual({
      'preprocess:preprocess': 'complete',
      'train-fold-0': 'complete',
      'predict-fold-0': 'complete',
      'train-fold-1': 'failed',
      'predict-fold-1': 'cancelled',
    });
    // Once more, alone: retries.
    expect(ended.find(({ step }) => step === `${MODEL}:train-fold-1`)?.tries).toBe(2);
    const second = await submit(await cluster.clusterFile('good'));
    expect(second.arrays.flatMap(({ tasks }) => tasks.map(({ step }) => step))).toEqual([
      `${MODEL}:train-fold-1`,
      `${MODEL}:predict-fold-1`,
    ]);
    expect(second.done).toBe(3);
    // While they wait or run, they are not submitted again.
    const third = await submit(await cluster.clusterFile('good'));
    expect(third.arrays).toEqual([]);
    expect(third.queued + third.done).toBe(5);
    expect(Object.values(states(await cluster.until(root, settled, 900)))).toEqual(Array(5).fill('complete'));
    expect(await results(root)).toEqual(await results(local));
    expect((await submit(await cluster.clusterFile('good'))).arrays).toEqual([]);
  }, 2_000_000);

  it('a training that is cancelled saves, and another submission ends with the same weights', async ({
    skip,
  }) => {
    skip(!asked, reason);
    const root = await cluster.newRoot('cancelled');
    const step = `${MODEL}:train-fold-0`;
    const submit = (settings: string) => cluster.submit(root, 'kubernetes', `${step}:demo`, settings);
    const ofStep = (found: readonly JobStatus[]) => found.find((job) => job.step === step);
    await submit(await cluster.clusterFile('slow', await cluster.preload('slow', slow(3000))));
    await cluster.until(
      root,
      (found) => {
        const job = ofStep(found);
        return job?.state === 'running' && steps(job) > 1;
      },
      600,
    );
    await cluster.ichor(root, 'jobs', '--cancel');
    const cancelled = ofStep(await cluster.until(root, settled));
    expect(cancelled?.state).toBe('cancelled');
    expect(await readdir(join(root, 'intermediate_output', MODEL))).toContain('fold0_checkpoint.safetensors');
    // Its pod is gone, too.
    await expect
      .poll(() => kubectl(['get', 'pods', '--output=name']), { timeout: 60_000 })
      .not.toContain('train');

    await submit(await cluster.clusterFile('good'));
    expect(ofStep(await cluster.until(root, settled, 900))?.state).toBe('complete');
    const weights = /^fold0_epoch/;
    expect(await results(root, weights)).toEqual(await results(local, weights));
    const log = await readFile(join(root, 'output', 'jobs', 'logs', `${MODEL}.train-fold-0.log`), 'utf8');
    expect(log.match(/: job \S+ on n1/g)).toHaveLength(2);
  }, 2_000_000);
});
