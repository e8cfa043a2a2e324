import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { acquireLock, lockHolder } from './lock.js';
import { processStart } from './process-start.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-lock-'));
});

const library = new URL('../dist/index.js', import.meta.url).href;
/** A program that takes the lock, says so, and waits for its standard input to close. */
const holder = `
  const { acquireLock } = await import(${JSON.stringify(library)});
  const lock = await acquireLock(process.argv[1]);
  process.stdout.write('held');
  for await (const _ of process.stdin);
  await lock.release();
`;
const node = ['--input-type=module', '-e'];

async function startHolder() {
  const child = spawn(process.execPath, [...node, holder, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

describe('lockHolder', () => {
  it('names the holder of a lock, removes nothing, and does not count a dead process as a holder', async () => {
    expect(await lockHolder(join(folder, 'not-there'))).toBeUndefined();
    const child = await startHolder();
    const before = await readdir(folder);
    expect(await lockHolder(folder)).toMatchObject({ pid: child.pid, since: expect.stringMatching(/^20/) });
    expect(await lockHolder(folder, 'another')).toBeUndefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await lockHolder(folder)).toBeUndefined();
    expect(await readdir(folder)).toEqual(before);
  });
});

describe('acquireLock', () => {
  it('is exclusive inside a process, and free again after release', async () => {
    const lock = await acquireLock(folder);
    await expect(acquireLock(folder)).rejects.toMatchObject({ code: 'files/locked', file: folder });
    await lock.release();
    await (await acquireLock(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is exclusive between processes; the error names the holder', async () => {
    const child = await startHolder();
    await expect(acquireLock(folder)).rejects.toThrow(`in use by process ${child.pid} on`);
    child.stdin.end();
    await once(child, 'exit');
    await (await acquireLock(folder)).release();
  });

  it('is taken over from a process that was killed', async () => {
    const child = await startHolder();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await readdir(folder)).toHaveLength(1);
    const lock = await acquireLock(folder);
    expect(await readdir(folder)).toHaveLength(1);
    await lock.release();
  });

  it('is taken over when another process now has the number of the dead one', async () => {
    const { hostname } = await import('node:os');
    const claim = {
      pid: process.pid,
      start: 'long ago',
      host: hostname(),
      command: 'x',
      since: '',
      held: true,
    };
    await writeFile(join(folder, `.lock-run-${hostname()}-${process.pid}-long_ago`), JSON.stringify(claim));
    // On a system without start times, the claim would count as alive.
    expect(processStart(process.pid)).not.toBe('');
    await (await acquireLock(folder)).release();
  });

  it('of another machine counts as held, and the remedy says what to delete', async () => {
    const claim = { pid: 1, start: '', host: 'elsewhere', command: 'train', since: 'noon', held: true };
    await writeFile(join(folder, '.lock-run-elsewhere-1-'), JSON.stringify(claim));
    await expect(acquireLock(folder)).rejects.toThrow(/elsewhere since noon: train.*delete the \.lock-/);
  });

  it('of an earlier attempt of the same job on another machine is taken over; that of another job is not', async () => {
    const claim = {
      pid: 1,
      start: '',
      host: 'n2',
      command: 'train',
      since: '',
      held: true,
      job: 'slurm c 7_1',
    };
    const path = join(folder, '.lock-run-n2-1-');
    await writeFile(path, JSON.stringify(claim));
    vi.stubEnv('ICHOR_JOB', 'slurm c 7_2');
    await expect(acquireLock(folder)).rejects.toMatchObject({ code: 'files/locked' });
    vi.stubEnv('ICHOR_JOB', 'slurm c 7_1');
    const lock = await acquireLock(folder);
    expect(await readdir(folder)).toHaveLength(1);
    await lock.release();
    vi.unstubAllEnvs();
  });

  it('of the same job on this machine is not taken over while its process lives', async () => {
    vi.stubEnv('ICHOR_JOB', 'slurm c 7_1');
    const child = await startHolder();
    await expect(acquireLock(folder)).rejects.toThrow(`in use by process ${child.pid} on`);
    child.stdin.end();
    await once(child, 'exit');
    vi.unstubAllEnvs();
  });

  it('with different purposes can be held at the same time', async () => {
    const locks = [
      await acquireLock(folder, { purpose: 'fold0' }),
      await acquireLock(folder, { purpose: 'fold1' }),
    ];
    for (const lock of locks) await lock.release();
  });

  it('can be waited for, inside a process and between two processes', async () => {
    const lock = await acquireLock(folder);
    const order: string[] = [];
    const second = acquireLock(folder, { wait: true }).then((next) => (order.push('second'), next));
    await setTimeout(300);
    order.push('released');
    await lock.release();
    await (await second).release();
    expect(order).toEqual(['released', 'second']);

    const child = await startHolder();
    const third = acquireLock(folder, { wait: true });
    child.stdin.end();
    await (await third).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('goes to exactly one of many processes that try at once', async () => {
    // Each process tries once. The one that gets the lock keeps it until all others have their answer.
    const contender = `
      const { acquireLock } = await import(${JSON.stringify(library)});
      const { readdir, writeFile } = await import('node:fs/promises');
      const { setTimeout: sleep } = await import('node:timers/promises');
      const [folder, results] = process.argv.slice(1);
      let answer = 'no';
      try { await acquireLock(folder); answer = 'yes'; } catch (e) { if (e.code !== 'files/locked') throw e; }
      await writeFile(results + '/' + process.pid, '');
      while ((await readdir(results)).length < 6) await sleep(10);
      process.stdout.write(answer);
    `;
    const results = await mkdtemp(join(tmpdir(), 'ichor-lock-results-'));
    const run = promisify(execFile);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => run(process.execPath, [...node, contender, folder, results])),
    );
    expect(answers.map(({ stdout }) => stdout).sort()).toEqual(['no', 'no', 'no', 'no', 'no', 'yes']);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('processStart', () => {
  it('differs between processes and is undefined for none', async () => {
    expect(processStart(process.pid)).toBe(processStart(process.pid));
    expect(processStart(2 ** 22 + 1)).toBeUndefined();
  });
});
