import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keys, type JobManifest } from '../kubernetes/manifest.js';
import type { StepPlan } from '../plan/step-plan.js';
import { defaultClusterSettings } from '../settings/cluster-file.js';
import type { RunProgram } from '../slurm/commands.js';
import { submit } from './submit.js';

const kubernetes = {
  ...{ image: 'node:22', claim: 'data', mountPath: '/d', gpuResource: 'nvidia.com/gpu', nodeSelector: {} },
  ...{ graceSeconds: 180, retries: 1 },
};

it('submits again what waits in Kubernetes for a Job that failed, and deletes that', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ichor-submit-'));
  const step = (project: string, ...needs: string[]) => ({
    ...{ id: `${project}:train`, project, target: 'train', kind: 'train' as const, folder: project, needs },
    done: false,
  });
  const plan: StepPlan = {
    ...{ format: 'ichor-step-plan', version: 1, workspace: root },
    steps: [step('a'), step('b', 'a:train'), step('c', 'b:train'), step('x')],
  };
  const calls: (readonly string[])[] = [];
  let applied: readonly JobManifest[] = [];
  const kubectl: RunProgram = (_, args, input) => {
    calls.push(args);
    if (args[0] === 'apply') applied = (JSON.parse(input ?? '') as { items: JobManifest[] }).items;
    if (args[0] !== 'get') return Promise.resolve('');
    const items = applied.map((job) => ({
      ...job,
      status: job.metadata.name === named('a') ? { conditions: [{ type: 'Failed', status: 'True' }] } : {},
    }));
    return Promise.resolve(JSON.stringify({ items }));
  };
  const named = (project: string) =>
    applied.find(({ metadata }) => metadata.name.includes(`-${project}-train`))?.metadata.name ?? '';
  const again = (dryRun: boolean) =>
    submit({
      ...{ system: 'kubernetes', root, dryRun, run: kubectl },
      plan: { plan, text: JSON.stringify(plan), runner: join(root, 'runner.mjs') },
      settings: { ...defaultClusterSettings, kubernetes },
    });

  await again(false);
  expect(applied).toHaveLength(4);
  const lost = [named('b'), named('c')];
  expect((await again(true)).arrays.map(({ name }) => name)).toEqual(['a.train', 'b.train', 'c.train']);
  expect(calls.flat()).not.toContain('delete');
  calls.length = 0;
  const { queued } = await again(false);
  expect(queued).toBe(1);
  expect(calls.map(([verb]) => verb)).toEqual(['get', 'delete', 'apply']);
  expect(calls[1]).toEqual(['delete', 'job', ...lost, '--ignore-not-found', '--wait=false']);
  expect(
    applied.map(({ metadata }) => JSON.parse(metadata.annotations[keys.after] ?? '') as unknown),
  ).toEqual([...[[], [named('a')], [named('b')]]]);
});
