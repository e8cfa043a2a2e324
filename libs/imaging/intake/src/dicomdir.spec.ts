import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

  it.each([
    ['IMAGES/IM1', 'Images/Im1'],
    ['IMAGES/IM1', 'IMAGES/IM1.dcm'],
    ['IMAGES/IM1', 'images/im1.DCM'],
    ['IMAGES/IM1', 'IMAGES/IM1;1'],
    ['IMAGES/IM1', 'IMAGES/IM1.;1'],
    ['IMAGES/IM1', 'IMAGES/IM1.DCM;1'],
    ['IMAGES/IM1.DCM', 'IMAGES/im1'],
  ])('that says %s leads to %s', async (id, file) => {
    const path = join(folder, file);
    await mkdir(dirname(path));
    await writeFile(path, makeSlice({ ImagePositionPatient: [0, 0, 0] }));
    const { studies } = await planStudies([await directory(id.split('/'))]);
    expect(studies[0]!.slices.map(({ source }) => source.name)).toEqual([path]);
  });

  it.each(['dicomdir', 'DICOMDIR;1', 'Dicomdir.', 'DICOMDIR.dcm'])('may be called %s', async (name) => {
    await mkdir(join(folder, 'A'));
    await writeFile(join(folder, 'A', '1'), makeSlice({ ImagePositionPatient: [0, 0, 0] }));
    await writeFile(join(folder, name), makeDicomdir([['A', '1']]));
    const { studies } = await planStudies([join(folder, name)]);
    expect(studies[0]!.slices).toHaveLength(1);
    expect((await planStudies([folder])).leftOut).toEqual([]);
  });

  it('takes the file whose name is written exactly so, where there are two', async () => {
    await writeFile(join(folder, 'im1'), makeSlice({ ImagePositionPatient: [0, 0, 0] }));
    await writeFile(join(folder, 'IM1'), makeSlice({ ImagePositionPatient: [0, 0, 5] }));
    const { studies } = await planStudies([await directory(['IM1'])]);
    expect(studies[0]!.slices.map(({ position }) => position)).toEqual([5]);
  });

  it('must not point outside its folder', async () => {
    const { studies, leftOut } = await planStudies([await directory(['..', '..', 'etc', 'hosts'])]);
    expect(studies).toEqual([]);
    expect(leftOut[0]!.reason).toContain('points outside its folder');
  });

  it('may name missing files', async () => {
    const { leftOut } = await planStudies([await directory(['GONE'])]);
    expect(leftOut).toEqual([
      { name: join(folder, 'GONE'), reason: 'there is no such file or folder (ENOENT)' },
    ]);
  });
});
