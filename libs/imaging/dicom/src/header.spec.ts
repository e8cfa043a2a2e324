import { mkdtemp, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileBuffer } from './node/file-bytes.js';
import { readDicomHeader } from './node/header.js';
import { readDicom, readDicomSync } from './node/read.js';
import { readStudies } from './node/read-studies.js';
import { file, slice } from './testing/build.js';
import { fixture, fixtures } from './testing/fixtures.js';

async function temporary(bytes: Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'ichor-dicom-')), 'slice.dcm');
  await writeFile(path, bytes);
  return path;
}

describe('readDicomHeader', () => {
  it.each(fixtures)('$file: equals the attributes of the whole file', async ({ file: name }) => {
    const header = await readDicomHeader(fixture(name));
    const whole = await readDicom(fixture(name));
    expect(header.attributes).toEqual(whole.attributes);
    expect(header.values()).toEqual(whole.values());
  });

  it('reads more when the attributes are longer than the first chunk, and stops before the pixels', async () => {
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

  it('reads only the beginning of a file that is not on disk', async () => {
    const bytes = slice(512, new Array<number>(512 * 512).fill(7));
    const asked: number[] = [];
    const first = async (length: number) => {
      asked.push(length);
      return bytes.subarray(0, length);
    };
    const header = await readDicomHeader({ name: 'entry', size: bytes.length, first });
    expect([header.name, header.attributes.Columns, asked]).toEqual(['entry', 512, [16384]]);
  });

  it('refuses a file of 2 GB without pixels after limits.headerBytes, and a file of zeros at once', async () => {
    // Sparse files: two gigabytes that take no room on disk.
    const sparse = async (bytes: Uint8Array) => {
      const path = await temporary(bytes);
      await truncate(path, 2 ** 31);
      return path;
    };
    const noPixels = await sparse(file([['00080060', 'CS', 'CT']]));
    await expect(readDicomHeader(noPixels, { limits: { headerBytes: 2 ** 18 } })).rejects.toMatchObject({
      code: 'dicom/too-large',
      reason: expect.stringContaining('262144'),
    });
    await expect(readDicomHeader(await sparse(Buffer.alloc(0)))).rejects.toMatchObject({
      code: 'dicom/not-dicom',
    });
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
  it('lists unreadable files in addition to the studies', async () => {
    const { studies, unreadable, leftOut } = await readStudies([fixture('explicit-i16.dcm'), '/no/such.dcm']);
    expect(studies).toMatchObject([{ StudyInstanceUID: 'ID_study', PatientID: 'ID_0a1b2c3d' }]);
    expect(unreadable).toMatchObject([{ code: 'dicom/unreadable', file: '/no/such.dcm' }]);
    expect(leftOut).toEqual([]);
  });
});
