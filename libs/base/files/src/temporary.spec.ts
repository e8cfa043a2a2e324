import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { acquireLock } from './lock.js';
import { removeTemporaries, temporaryPathFor } from './temporary.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-temporary-'));
});

/** Beyond the largest process number of Linux. */
const NOBODY = 2 ** 22 + 1;

describe('files that a run left half-written', () => {
  it('are removed by the next holder of any lock in the folder when their process has ended', async () => {
    const mine = basename(temporaryPathFor(join(folder, 'fold0_train.json')));
    const dead = mine.replace(`-${process.pid}-`, `-${NOBODY}-`);
    const names = [
      mine,
      dead,
      // A half-written claim of a lock, and a name of earlier versions.
      `.lock-fold0-host-1-2.tmp-${NOBODY}-0badcafe`,
      dead.replace(/\.tmp-\w+-/, '.tmp-another_machine-'),
      'fold0_train.json',
    ];
    for (const name of names) await writeFile(join(folder, name), '');
    await (await acquireLock(folder, { purpose: 'fold1' })).release();
    expect((await readdir(folder)).sort()).toEqual([names[0], names[3], names[4]].sort());
  });

  it('are all removed by a process with exclusive access to the folder', async () => {
    for (const name of ['a.dcm', 'a.dcm.tmp-12', 'b.arrow.tmp-1-0badcafe'])
      await writeFile(join(folder, name), '');
    await removeTemporaries(folder);
    expect(await readdir(folder)).toEqual(['a.dcm']);
    await removeTemporaries(join(folder, 'none'));
  });
});
