import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBundle, openBundle, type Bundle } from '@ichor/bundle';
import { makeRoot, smallModel } from '@ichor/bundle/testing';
import { present } from '@ichor/files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkLanes } from './network-lanes.js';

describe('NetworkLanes', () => {
  let folder: string;
  let bundle: Bundle;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ichor-lanes-'));
    const root = join(folder, 'root');
    for (const name of ['one', 'two', 'three']) await makeRoot(root, { ...smallModel, name });
    await createBundle({ out: join(folder, 'bundle'), name: 'test', root });
    bundle = await openBundle(join(folder, 'bundle'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('runs networks side by side and answers in the order of the manifest', async () => {
    const lanes = await NetworkLanes.create(bundle, { provider: 'cpu', threads: 2 }, 2 ** 30);
    let running = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    const answers = await lanes.forEach(undefined, async ({ model }) => {
      most = Math.max(most, ++running);
      // The first waits for the second: with one lane this would never end.
      if (running === 1 && most === 1) await new Promise<void>((resolve) => waiting.push(resolve));
      else waiting.pop()?.();
      running--;
      return model;
    });
    expect(most).toBe(2);
    expect(answers.map(([{ model }, answer]) => [model, answer])).toEqual(
      bundle.manifest.networks.map(({ model }) => [model, model]),
    );
    await lanes.close();
  });

  it('stops all lanes at the first error, and at the signal', async () => {
    const lanes = await NetworkLanes.create(bundle, { provider: 'cpu', threads: 2 }, 2 ** 30);
    const seen: string[] = [];
    const failing = lanes.forEach(undefined, async ({ model }, _, stop) => {
      seen.push(model);
      if (seen.length === 1) throw new RangeError('no answer');
      await new Promise((_, reject) => {
        if (stop.aborted) reject(present(stop.reason as Error));
        stop.addEventListener('abort', () => reject(stop.reason as Error));
      });
    });
    await expect(failing).rejects.toThrow('no answer');
    expect(seen.length).toBeLessThan(3);
    await expect(
      lanes.forEach(AbortSignal.abort(new RangeError('stopped')), () => Promise.resolve()),
    ).rejects.toThrow('stopped');
    await lanes.close();
  });
});
