import { chmod, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { isThere, isThereSync, listEntries, listFolder, readTextFile } from './look.js';
import { isNotThere, notReadable } from './system-error.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-look-'));
});

describe('a missing path', () => {
  it('is distinguished from an empty one', async () => {
    await mkdir(join(folder, 'empty'));
    await writeFile(join(folder, 'file'), 'text');
    expect(await listFolder(join(folder, 'empty'))).toEqual([]);
    expect(await listFolder(join(folder, 'none'))).toBeUndefined();
    expect(await listEntries(join(folder, 'none'))).toBeUndefined();
    expect(await readTextFile(join(folder, 'file'))).toBe('text');
    expect(await readTextFile(join(folder, 'none'))).toBeUndefined();
    expect(await isThere(join(folder, 'none'))).toBe(false);
    expect(await isThere(join(folder, 'file'))).toBe(true);
    expect([isThereSync(join(folder, 'file')), isThereSync(join(folder, 'none'))]).toEqual([true, false]);
  });

  it('is distinguished from one that cannot be read', async () => {
    // The superuser can read everything. A folder in place of a file, and the reverse, fail for every user.
    await expect(readTextFile(folder)).rejects.toMatchObject({ code: 'files/not-readable', file: folder });
    await writeFile(join(folder, 'file'), '');
    for (const look of [listFolder, listEntries, isThere])
      await expect(look(join(folder, 'file', 'x'))).rejects.toThrow(/ENOTDIR/);
    const loop = join(folder, 'loop');
    await symlink(loop, loop);
    expect(() => isThereSync(loop)).toThrow(/ELOOP/);
    const closed = join(folder, 'closed');
    await mkdir(closed);
    await chmod(closed, 0);
    if (process.getuid?.() !== 0)
      await expect(listFolder(closed)).rejects.toMatchObject({
        code: 'files/not-readable',
        file: closed,
        reason: expect.stringContaining('EACCES'),
      });
    await chmod(closed, 0o700);
  });

  it.each(['EACCES', 'ENOTDIR', 'EIO', 'ESTALE', 'ENOTCONN', 'EMFILE'])(
    '%s does not mean that the path is missing',
    (code) => {
      const failure = Object.assign(new Error(`${code}: it fails`), { code });
      expect(isNotThere(failure)).toBe(false);
      expect(notReadable('/data', 'listed', failure).message).toContain(`/data: cannot be listed: ${code}`);
    },
  );
});
