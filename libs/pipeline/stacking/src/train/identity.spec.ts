import { mkdir, mkdtemp, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { layout, type Layout } from '@ichor/tables';
import { beforeEach, describe, expect, it } from 'vitest';
import { lgbmSettings, makeStacker } from '../index.js';
import { foldIdentity } from './identity.js';

let paths: Layout;
let input: string;
const stacker = makeStacker({ ...lgbmSettings, name: 'level-1', inputs: ['a'] });
const identity = () => foldIdentity(paths, stacker, 0, [0, 1], 'lightgbm');

beforeEach(async () => {
  paths = layout(await mkdtemp(join(tmpdir(), 'ichor-identity-')));
  input = paths.predictions('a', 1, 'valid');
  await mkdir(dirname(input), { recursive: true });
  await writeFile(input, 'one');
});

describe('what a fitted fold depends on', () => {
  it('is the content of its inputs, whatever their size and time', async () => {
    const before = await identity();
    await utimes(input, 1, 1);
    expect(await identity()).toBe(before);
    const { atime, mtime } = await stat(input);
    await writeFile(input, 'two');
    await utimes(input, atime, mtime);
    expect(await identity()).not.toBe(before);
    await rm(input);
    const without = await identity();
    await writeFile(input, '');
    expect(await identity()).not.toBe(without);
  });

  it('is not known where an input cannot be read', async () => {
    await rm(input);
    await symlink(input, input);
    await expect(identity()).rejects.toMatchObject({ code: 'files/not-readable', file: input });
  });
});
