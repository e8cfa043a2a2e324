import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { acquireLock, IchorError, writeFileAtomic } from './index.js';

it('runs the first example of the README', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-files-readme-'));

  const lock = await acquireLock(folder);
  try {
    await writeFileAtomic(join(folder, 'result.json'), '{}');
  } catch (error) {
    if (!(error instanceof IchorError)) throw error;
    expect.unreachable(error.message);
  } finally {
    await lock.release();
  }

  expect(await readdir(folder)).toEqual(['result.json']);
  expect(await readFile(join(folder, 'result.json'), 'utf8')).toBe('{}');
});
