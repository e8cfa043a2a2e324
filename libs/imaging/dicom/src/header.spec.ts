import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileBuffer } from './file-bytes.js';
import { readDicomHeader } from './header.js';
import { readDicom, readDicomSync } from './read.js';
import { readStudies } from './study/read-studies.js';
import { slice } from './testing/build.js';
import { fixture, fixtures } from './testing/fixtures.js';

async function temporary(bytes: Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-dicom-')), 'slice.dcm');
  await writeFile(path, bytes);
  return path;
}

describe('readDicomHeader', () => {
  it.each(fixtures)('$file: equals what the whole file gives', async ({ file }) => {
    const header = await readDicomHeader(fixture(file));
    const whole = await readDicom(fixture(file));
    expect(header.attributes).toEqual(whole.attributes);
    expect(header.values()).toEqual(whole.values());
  });

  it('reads on when the attributes are longer than its first bite, and stops before the pixels', async () => {
    const long = 'x'.repeat(100_000);
    const bytes = slice(512, new Array<number>(512 * 512).fill(7), [
      ['00080005', 'CS', 'ISO_IR 100'],
      ['00204000', 'UT', long],
      ['00280030', 'DS', '0.5\\0.5'],
    ]);
    const header = await readDicomHeader(await temporary(bytes));
    expect(header.attributes).toMatchObject({ Modality: 'CT', Columns: 512, PixelSpacing: [0.5, 0.5] });
    expect(header.values()['ImageComments']).toBe(long);
  });

  it('fails like readDicom on a file that is cut off before its pixels', async () => {
    const path = await temporary(slice(2, [1, 2]).subarray(0, 203));
    await expect(readDicomHeader(path)).rejects.toMatchObject({ code: 'dicom/truncated', file: path });
  });
});

describe('readDicomSync', () => {
  it('reads one file after the other into the same memory', async () => {
    const buffer = new FileBuffer();
    const first = await readDicomSync(await temporary(slice(2, [1, 2])), { buffer }).pixels();
    expect([...first.data]).toEqual([1, 2]);
    const second = await readDicomSync(await temporary(slice(2, [3, 4])), { buffer }).pixels();
    expect([...second.data]).toEqual([3, 4]);
    expect(second.data.buffer).toBe(first.data.buffer);
  });
});

describe('readStudies', () => {
  it('lists unreadable files beside the studies', async () => {
    const { studies, unreadable, leftOut } = await readStudies([fixture('explicit-i16.dcm'), '/no/such.dcm']);
    expect(studies).toMatchObject([{ StudyInstanceUID: 'ID_study', PatientID: 'ID_0a1b2c3d' }]);
    expect(unreadable).toMatchObject([{ code: 'dicom/unreadable', file: '/no/such.dcm' }]);
    expect(leftOut).toEqual([]);
  });
});
