import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileBuffer } from '@ichor/dicom/node';
import { describe, expect, it } from 'vitest';
import { readSlice } from './slice-row.js';
import { dicomFile, type TestSlice } from './testing/dicom-file.js';

async function read(slice: Omit<TestSlice, 'patient' | 'study' | 'z'>) {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-slice-row-')), 'slice.dcm');
  await writeFile(path, dicomFile({ patient: 'ID_p', study: 'ID_s', z: 0, ...slice }));
  return readSlice('ID_1', '', path, new FileBuffer());
}

describe('readSlice', () => {
  it.each([
    ['dicom/missing-attribute', { intercept: null }],
    ['dicom/not-hounsfield', { rescaleType: 'MGML' }],
  ] as const)('refuses a slice whose Hounsfield units are not known: %s', async (code, change) => {
    await expect(read({ stored: [1], ...change })).rejects.toMatchObject({ name: 'DicomError', code });
  });

  /** Share of the pixels with 0 <= HU <= 80, by hand. */
  it.each([
    // 4086 is 4086 - 4096 = -10 HU where it wrapped; 16 pixels, 8 of them 40 HU.
    ['wrapped values', { intercept: 0 }, [40, 4086], 0.5],
    // As air was cut off at -50 nothing wrapped: 0 is -50 HU, 60 is 10 HU.
    ['an intercept of -50', { intercept: -50 }, [0, 60], 0.5],
    ['an intercept of -50, brain of 34 HU', { intercept: -50 }, [84, 84], 1],
    ['an intercept of -50, bone of 100 HU', { intercept: -50 }, [150, 150], 0],
  ] as const)('counts brain in the right units: %s', async (_, change, [first, second], share) => {
    const stored = Array.from({ length: 16 }, (__, i) => (i < 8 ? first : second));
    const { row } = await read({ stored, signed: false, ...change });
    expect(row.brain_region_rate).toBe(share);
    expect(row.RescaleIntercept).toBe(change.intercept);
  });
});
