import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { runCommand, Terminal } from '@ichor/cli';
import { acquireLock } from '@ichor/files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateCommand } from '../commands/index.js';
import { generateSet, setLayout } from './generate.js';

const options = { seed: 21, patients: 3, testPatients: 1, size: 32, prevalence: 0.5, broken: false };
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'ichor-phantom-bad-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a disk that does not take a slice', () => {
  it.each([1, 2])(
    'is reported with the file, leaves nothing half-written, and the next run continues (%i threads)',
    async (workers) => {
      const out = join(root, `full-${workers}`);
      const { trainImages } = setLayout(out);
      await generateSet({ ...options, out: join(root, `good-${workers}`), workers });
      const names = (await readdir(setLayout(join(root, `good-${workers}`)).trainImages)).sort();
      // A folder in the place of a slice fails at the same call as a full disk: the slice cannot take its name.
      const blocked = join(trainImages, names[5] ?? '');
      await mkdir(join(blocked, 'somebody'), { recursive: true });
      await writeFile(join(trainImages, 'ID_0.dcm.tmp-1'), 'of a run that was killed');
      await expect(generateSet({ ...options, out, workers })).rejects.toMatchObject({
        name: 'IchorError',
        code: 'files/not-writable',
        file: blocked,
      });
      expect((await readdir(trainImages)).filter((name) => !name.endsWith('.dcm'))).toEqual([]);
      await rm(blocked, { recursive: true });
      await generateSet({ ...options, out, workers });
      expect((await readdir(trainImages)).sort()).toEqual(names);
    },
  );
});

describe('a second run on the same folder', () => {
  it('is refused while the first one works', async () => {
    const out = join(root, 'twice');
    const lock = await acquireLock(out, { purpose: 'phantom' });
    await expect(generateSet({ ...options, out })).rejects.toMatchObject({ code: 'files/locked' });
    await lock.release();
  });
});

describe('a stopped run', () => {
  it('ends with 130, says how to continue, and leaves nothing half-written', async () => {
    const out = join(root, 'stopped');
    const lines: string[] = [];
    const terminal = new Terminal({ isTTY: false, write: (text: string) => lines.push(text) > 0 });
    const argv = ['--out', out, '--patients', '200', '--size', '256', '--workers', '2'];
    const code = runCommand(generateCommand, { argv, terminal, print: () => undefined });
    const { trainImages } = setLayout(out);
    while ((await readdir(trainImages).catch(() => [])).length === 0) await setTimeout(20);
    process.emit('SIGINT');
    expect(await code).toBe(130);
    process.exitCode = 0;
    expect(lines.join('')).toContain('run the same command again');
    expect((await readdir(trainImages)).filter((name) => !name.endsWith('.dcm'))).toEqual([]);
  });
});
