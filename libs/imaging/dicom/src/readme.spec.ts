import { copyFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDicom } from './node/index.js';
import { fixture } from './testing/fixtures.js';

it('runs the first example of the README', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-dicom-'));
  const path = join(folder, 'slice.dcm');
  await copyFile(fixture('explicit-u12.dcm'), path);

  const file = await readDicom(path);
  const { PatientID, ImagePositionPatient, WindowCenter } = file.attributes;
  const { rows, columns, data } = await file.hounsfield();

  expect([PatientID, ImagePositionPatient, WindowCenter]).toEqual([
    'ID_0a1b2c3d',
    [-125, -120.5, 10.25],
    [40, 600],
  ]);
  expect([rows, columns, data.constructor]).toEqual([21, 30, Int16Array]);
  // The fixture ranges from 0 to 4095 with an intercept of -1024.
  expect([Math.min(...data), Math.max(...data)]).toEqual([-1024, 3071]);
});
