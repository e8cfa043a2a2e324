import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { planStudies } from './index.js';
import { makeDicomdir, makeSlice } from './testing/index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-dicomdir-'));
});

async function directory(...ids: string[][]): Promise<string> {
  const path = join(folder, 'DICOMDIR');
  await writeFile(path, makeDicomdir(ids));
  return path;
}

describe('a DICOMDIR', () => {
  it('leads to its files, in lower case too', async () => {
    await mkdir(join(folder, 'images'));
    await writeFile(join(folder, 'images', 'im1'), makeSlice({ ImagePositionPatient: [0, 0, 0] }));
    await writeFile(join(folder, 'not-listed'), makeSlice({ ImagePositionPatient: [0, 0, 5] }));
    const { studies } = await planStudies([await directory(['IMAGES', 'IM1'])]);
    expect(studies[0]!.slices.map(({ source }) => source.name)).toEqual([join(folder, 'images', 'im1')]);
  });

  it('may not lead outside its folder', async () => {
    const { studies, leftOut } = await planStudies([await directory(['..', '..', 'etc', 'hosts'])]);
    expect(studies).toEqual([]);
    expect(leftOut[0]!.reason).toContain('points outside its folder');
  });

  it('may name files that are not there', async () => {
    const { leftOut } = await planStudies([await directory(['GONE'])]);
    expect(leftOut).toEqual([{ name: join(folder, 'GONE'), reason: 'there is no such file or folder' }]);
  });
});
