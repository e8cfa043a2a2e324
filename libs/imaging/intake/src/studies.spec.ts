import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { planStudies } from './index.js';
import { makeSlice } from './testing/made-up-slice.js';
import { makeZip } from './testing/made-up-zip.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-studies-'));
});

const put = (name: string, bytes: Uint8Array) => writeFile(join(folder, name), bytes);
const at = (z: number, change: Record<string, unknown> = {}) =>
  makeSlice({ InstanceNumber: z + 100, ImagePositionPatient: [0, 0, z], ...change });

describe('planStudies', () => {
  it('orders slices from the feet to the head, whatever their names', async () => {
    await put('a.dcm', at(10));
    await put('b.dcm', at(0));
    await put('c.dcm', at(5));
    const { studies, unfit, leftOut } = await planStudies([folder]);
    expect(studies).toHaveLength(1);
    expect(studies[0]!.slices.map(({ position }) => position)).toEqual([0, 5, 10]);
    expect(studies[0]!.slices.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(
      ['100', '105', '110'].map((number) => `1.2.3.4.${number}`),
    );
    expect(studies[0]!.warnings).toEqual([]);
    expect([unfit, leftOut]).toEqual([[], []]);
  });

  it.each([
    [{ RescaleSlope: undefined }, 'RescaleSlope is missing'],
    [{ RescaleIntercept: undefined }, 'RescaleIntercept is missing'],
    [{ RescaleType: 'Z_EFF' }, 'RescaleType is "Z_EFF"'],
    [{ ImageType: ['DERIVED', 'PRIMARY', 'AXIAL', 'IODINE'] }, 'ImageType says "IODINE"'],
  ])('plans no series whose Hounsfield units are not known: %j', async (change, words) => {
    for (const z of [0, 5]) await put(`${z}.dcm`, at(z, change));
    const { studies, unfit } = await planStudies([folder]);
    expect(studies).toEqual([]);
    expect(unfit[0]!.otherSeries[0]!.reason).toContain(words);
    // Several frames have scales of their own, and are told of for that.
    await put('0.dcm', at(0, { ...change, NumberOfFrames: 2, StudyInstanceUID: '1.2.9' }));
    expect((await planStudies([join(folder, '0.dcm')])).studies).toHaveLength(1);
  });

  it('reads the same from a zip', async () => {
    await put('s.zip', makeZip([{ name: 'x/2', content: at(5) }, { name: 'x/1', content: at(0) }])); // prettier-ignore
    const { studies, close } = await planStudies([join(folder, 's.zip')]);
    expect(studies[0]!.slices.map(({ position }) => position)).toEqual([0, 5]);
    const bytes = await studies[0]!.slices[1]!.source.read();
    expect(Buffer.from(bytes)).toEqual(Buffer.from(at(5)));
    close();
  });

  it('takes two series mixed in one folder apart, and names the one that is not read', async () => {
    const bone = { SeriesInstanceUID: '1.2.3.5', ConvolutionKernel: 'BONE', SeriesDescription: 'Sharp' };
    for (const z of [0, 5, 10]) {
      await put(`soft-${z}`, at(z));
      await put(`bone-${z}`, at(z, bone));
    }
    const [study] = (await planStudies([folder])).studies;
    expect(study!.seriesInstanceUid).toBe('1.2.3.4');
    expect(study!.slices).toHaveLength(3);
    expect(study!.otherSeries).toEqual([
      {
        name: 'Sharp',
        reason: 'its kernel is a sharp one, for bone (ConvolutionKernel BONE)',
        selector: '1.2.3.5',
      },
    ]);
  });

  it('says of a study without a head series why', async () => {
    await put('chest', at(0, { BodyPartExamined: 'CHEST' }));
    await mkdir(join(folder, 'other'));
    await put('other/head', at(0, { StudyInstanceUID: '1.2.9' }));
    const { studies, unfit } = await planStudies([folder]);
    expect(studies.map(({ studyInstanceUid }) => studyInstanceUid)).toEqual(['1.2.9']);
    expect(unfit).toEqual([
      {
        studyInstanceUid: '1.2.3',
        reason:
          'no axial soft-tissue head series: Head: it shows another part of the body (BodyPartExamined CHEST)',
        otherSeries: [
          {
            name: 'Head',
            reason: 'it shows another part of the body (BodyPartExamined CHEST)',
            selector: '1.2.3.4',
          },
        ],
      },
    ]);
  });

  it('warns of a single slice, duplicates, gaps and missing positions', async () => {
    await put('single', at(0));
    const warnings = async () => (await planStudies([folder])).studies[0]!.warnings.join('; ');
    expect(await warnings()).toContain('a single slice');
    for (const z of [5, 10, 15, 30, 35, 40]) await put(`s${z}`, at(z));
    await put('copy', at(5, { InstanceNumber: 999 }));
    expect(await warnings()).toContain('1 slice has the position of another one and is left out');
    expect(await warnings()).toContain('15.0 mm lie between slices 4 and 5: about 2 may be missing');
  });

  it('orders by InstanceNumber where positions are missing, and says so', async () => {
    for (const number of [2, 10, 1]) await put(`s${number}`, makeSlice({ InstanceNumber: number }));
    const [study] = (await planStudies([folder])).studies;
    expect(study!.slices.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(
      ['1', '2', '10'].map((number) => `1.2.3.4.${number}`),
    );
    expect(study!.warnings).toEqual([expect.stringContaining('ordered by InstanceNumber')]);
  });

  it('orders by position where the files do not say that they are CT, nor of which series', async () => {
    for (const z of [10, 0, 5])
      await put(`s${z}`, at(z, { Modality: undefined, SeriesInstanceUID: undefined }));
    const [study] = (await planStudies([folder])).studies;
    expect(study!.slices.map(({ position }) => position)).toEqual([0, 5, 10]);
    expect(study!.warnings).toEqual([]);
  });

  it('leaves out single slices without position or of another plane, by name but not in the warnings', async () => {
    for (const z of [0, 5, 10]) await put(`s${z}`, at(z));
    await put('lost', makeSlice({ InstanceNumber: 1 }));
    await put('turned', at(7, { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] }));
    const [study] = (await planStudies([folder])).studies;
    expect(study!.slices).toHaveLength(3);
    expect(study!.leftOut).toEqual([
      { name: join(folder, 'lost'), reason: 'ImagePositionPatient is missing or not three numbers' },
    ]);
    expect(study!.otherSeries).toEqual([
      {
        name: 'Head (part 2 of 2, ImageOrientationPatient 1\\0\\0\\0\\0\\-1)',
        reason: 'its slices are coronal, not axial',
        selector: '1.2.3.4#2',
      },
    ]);
    expect(study!.warnings.join()).not.toContain(folder);
  });

  it('names what is no DICOM and what belongs to no study, and goes on', async () => {
    await put('good', at(0));
    await put('notes.txt', Buffer.from('hello'));
    await put('lost', at(0, { StudyInstanceUID: undefined }));
    const { studies, leftOut } = await planStudies([folder]);
    expect(studies).toHaveLength(1);
    expect(leftOut.map(({ name, reason }) => [name.slice(folder.length + 1), reason])).toEqual([
      ['lost', 'StudyInstanceUID is missing: it belongs to no study'],
      ['notes.txt', expect.stringContaining('DICM')],
    ]);
  });
});
