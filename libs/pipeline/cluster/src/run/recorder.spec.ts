import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Recorder } from './recorder.js';
import { readRuns } from './run-record.js';

const run = (job: string) => ({
  ...{ job, submission: 's', node: 'n1', startedAt: '2026-01-01T00:00:00.000Z' },
  ...{ outcome: 'running' as const, cores: 1, memory: 1000 },
});

it('counts the tries of a job past those that the record keeps', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-runs-')), 'a.json');
  const counted: number[] = [];
  for (let at = 0; at < 60; at++) counted.push(await new Recorder(path).begin(run('8_0')));
  expect(counted).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
  expect(await readRuns(path)).toHaveLength(50);
  expect(await new Recorder(path).begin(run('9_0'))).toBe(1);
});

it('counts as the scheduler does where the record is damaged', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-runs-')), 'a.json');
  await writeFile(path, '{"format":"ichor-ru');
  expect(await new Recorder(path).begin(run('8_0'), 7)).toBe(8);
  expect(await new Recorder(path).begin(run('8_0'), 8)).toBe(9);
});
