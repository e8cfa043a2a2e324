import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultClusterSettings, readClusterFile } from './cluster-file.js';
import { formatMemory, parseDuration, parseMemory, slurmDuration } from './quantities.js';
import { matches, resourcesOf } from './resources.js';

async function read(content: unknown) {
  const file = join(await mkdtemp(join(tmpdir(), 'ichor-cluster-')), 'cluster.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return readClusterFile(file);
}

it('reads times and memory', () => {
  expect(['30m', '12h', '2d', '1-12:00:00', '01:30:00'].map(parseDuration)).toEqual([
    1800, 43_200, 172_800, 129_600, 5400,
  ]);
  expect(['', '12', '1:00', '1:60:00', '-1h', '1.5h', '1h '].map(parseDuration)).toEqual(
    Array(7).fill(undefined),
  );
  expect([59, 5400, 129_600].map(slurmDuration)).toEqual(['00:00:59', '01:30:00', '1-12:00:00']);
  expect(['512M', '32G', '1T', '32', '1.5G', '32GB'].map(parseMemory)).toEqual([
    512,
    32_768,
    1_048_576,
    undefined,
    undefined,
    undefined,
  ]);
  expect([512, 32_768].map(formatMemory)).toEqual(['512M', '32G']);
});

it.each([
  ['{', 'is not JSON'],
  [{ all: { gpus: -1 } }, '"all.gpus": Too small: expected number to be >=0, not -1'],
  [{ all: { memory: '32 GB' } }, '"all.memory": an amount such as "512M", "32G" or "1T", not "32 GB"'],
  [{ all: { time: 'tomorrow' } }, '"all.time": a time of at least a minute'],
  [{ all: { time: '00:00:30' } }, '"all.time": a time of at least a minute'],
  [{ all: { partition: 'gpu --account=x' } }, '"all.partition": a name of letters'],
  [{ all: { partition: '--wrap' } }, '"all.partition": a name of letters'],
  [{ slurm: { exclude: ['n1,n2; rm -r x'] } }, '"slurm.exclude.0": a name of letters'],
  [{ slurm: { options: ['-J x'] } }, '"slurm.options.0": an option such as'],
  [{ slurm: { constraint: 'a\nb' } }, '"slurm.constraint": one line'],
  [{ tasks: { xception: {} } }, '"tasks.xception": a task such as "xception:train-*"'],
  [{ tasks: { 'xception:*': { core: 4 } } }, '"tasks.xception:*": Unrecognized key: "core"'],
  [{ slum: {} }, 'the file: Unrecognized key: "slum"'],
  [
    { kubernetes: { image: 'x', claim: 'Data', mountPath: '/d' } },
    '"kubernetes.claim": the name of a PersistentVolumeClaim, not "Data"',
  ],
  [{ environment: { 'A=B': 'x' } }, '"environment.A=B": the name of a variable'],
])('refuses %j and says where and what to do', async (content, reason) => {
  const error: unknown = await read(content).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'cluster/settings',
    file: expect.stringContaining('cluster.json'),
    reason: expect.stringContaining(reason),
    remedy: expect.stringContaining('correct it there'),
  });
});

it('says what to do where there is no file', async () => {
  await expect(readClusterFile('/nowhere/cluster.json')).rejects.toMatchObject({ code: 'cluster/settings' });
});

it('requests the resources of docs/pipeline.md by default, and those of the file instead', async () => {
  const xception = { id: 'xception:train-fold-0', project: 'xception', kind: 'train' as const };
  // 51e15 operations at 10e12 a second, twice: 10,200 s, in whole hours 3. Of the prediction a fifth: 2,040 s, 1 hour.
  expect(resourcesOf(xception, defaultClusterSettings)).toEqual({
    partition: undefined,
    gpus: 1,
    gpuType: undefined,
    cores: 8,
    memory: 24_576,
    time: 10_800,
  });
  const predict = { id: 'xception:predict-fold-0', project: 'xception', kind: 'predict' as const };
  expect(resourcesOf(predict, defaultClusterSettings).time).toBe(3600);
  const stacker = { id: 'cnn-stacking-1:train-fold-0', project: 'cnn-stacking-1', kind: 'stack' as const };
  expect(resourcesOf(stacker, defaultClusterSettings)).toMatchObject({ gpus: 0, time: 86_400 });
  const settings = await read({
    all: { partition: 'a', cores: 4 },
    tasks: { '*:train-*': { time: '2h', gpuType: 'a100' }, 'xception:*': { partition: 'b', time: '5h' } },
  });
  expect(resourcesOf(xception, settings)).toMatchObject({
    partition: 'b',
    cores: 4,
    time: 18_000,
    gpuType: 'a100',
  });
  expect(resourcesOf(stacker, settings)).toMatchObject({ partition: 'a', time: 7200 });
});

it('takes a pattern literally, except for the star', () => {
  expect(matches('a.b:train-*', 'a.b:train-fold-0')).toBe(true);
  expect(matches('a.b:train-*', 'axb:train-fold-0')).toBe(false);
  expect(matches('*', 'a:b')).toBe(true);
});
