import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { planStudies } from './index.js';
import { makeSlice } from './testing/made-up-slice.js';

let folder: string;
let written: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-volumes-'));
  written = 0;
});

/** Eight slices from `from` in steps of `step`, by default 10 mm. */
async function volume(
  change: Record<string, unknown> | ((index: number) => Record<string, unknown>),
  { from = 0, step = 10, count = 8 } = {},
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const number = ++written;
    const own = typeof change === 'function' ? change(index) : change;
    await writeFile(
      join(folder, String(number).padStart(3, '0')),
      makeSlice({
        InstanceNumber: number,
        SOPInstanceUID: `1.9.${number}`,
        ImagePositionPatient: [0, 0, from + index * step],
        ConvolutionKernel: 'H31s',
        FrameOfReferenceUID: '1.7',
        ...own,
      }),
    );
  }
}

/** The numbers of the files that are read, and the reasons why others are not. */
async function plan(series?: string) {
  const { studies, unfit } = await planStudies([folder], series === undefined ? {} : { series });
  const [study] = studies;
  return {
    read: study?.slices.map(({ source }) => Number(source.name.slice(-3))),
    name: study?.series.name,
    others: (study ?? unfit[0])!.otherSeries.map(({ selector, reason }) => `${selector}: ${reason}`),
    warnings: study?.warnings,
    unfit: unfit[0]?.reason,
  };
}

/** Without positions, but with kernels that differ. */
const without = (change: Record<string, unknown>) => ({
  ...change,
  ImagePositionPatient: undefined,
  ConvolutionKernel: change['KVP'] === 80 ? 'H31s' : 'H40s',
});

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** The right slices are known, because the test made them. */
describe('one series UID', () => {
  it.each([false, true])('of two kernels is read in the soft one (bone last: %s)', async (boneLast) => {
    const kernels = boneLast ? ['H31s', 'H60s'] : ['H60s', 'H31s'];
    for (const ConvolutionKernel of kernels) await volume({ ConvolutionKernel });
    const { read, others } = await plan();
    expect(read).toEqual(boneLast ? upTo(1, 8) : upTo(9, 16));
    expect(others).toEqual([
      `1.2.3.4#${boneLast ? 2 : 1}: its kernel is a sharp one, for bone (ConvolutionKernel H60s)`,
    ]);
  });

  it.each([0, 3, 7])('with a localizer as file %i is read without it', async (place) => {
    const ImageType = ['ORIGINAL', 'PRIMARY', 'LOCALIZER'];
    await volume((index) => (index === place ? { ImageType } : {}));
    const { read, others } = await plan();
    expect(read).toEqual(upTo(1, 8).filter((number) => number !== place + 1));
    expect(others).toEqual([expect.stringMatching(/#\d: it is a localizer$/)]);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['kernel', { ConvolutionKernel: 'H60s' }, { ConvolutionKernel: 'H31s' }],
    ['SeriesNumber', { SeriesNumber: 3, SeriesDescription: 'Head bone' }, { SeriesNumber: 2 }],
    ['description', { SeriesDescription: 'Head bone' }, { SeriesDescription: 'Head' }],
  ])('deleted is read as two series that differ in %s', async (_, bone, soft) => {
    const kernel = { SeriesInstanceUID: undefined, ConvolutionKernel: undefined };
    await volume({ ...kernel, ...bone });
    await volume({ ...kernel, ...soft });
    expect((await plan()).read).toEqual(upTo(9, 16));
  });

  it('of several orientations is read in the axial one', async () => {
    await volume({ ImageOrientationPatient: [1, 0, 0, 0, 0, -1] });
    await volume({ ImageOrientationPatient: [0, 1, 0, 0, 0, -1] });
    await volume({});
    const { read, others } = await plan();
    expect(read).toEqual(upTo(17, 24));
    expect(others).toEqual([
      '1.2.3.4#1: its slices are coronal, not axial',
      '1.2.3.4#2: its slices are sagittal, not axial',
    ]);
  });

  it('of two frames of reference is read in one of them, as their positions do not belong together', async () => {
    await volume({ FrameOfReferenceUID: '1.7' });
    await volume({ FrameOfReferenceUID: '1.8' }, { from: 5, count: 9 });
    const { read, name, warnings } = await plan();
    expect(read).toEqual(upTo(9, 17));
    expect(name).toBe('Head (part 2 of 2, FrameOfReferenceUID 2)');
    expect(warnings).toEqual([
      'the series holds 2 volumes that do not belong together: one of 9 slices is read, 8 slices are in the others',
    ]);
  });

  it('of one frame of reference for each file, as anonymizers write them, is one volume', async () => {
    await volume((index) => ({ FrameOfReferenceUID: `1.7.${index}` }));
    expect((await plan()).read).toEqual(upTo(1, 8));
  });

  it('of several tilts, in the orientation or in GantryDetectorTilt alone, is read in the one of most slices', async () => {
    const cos = Math.cos((15 * Math.PI) / 180);
    const sin = Math.sin((15 * Math.PI) / 180);
    await volume({ ImageOrientationPatient: [1, 0, 0, 0, cos, -sin] }, { count: 4 });
    await volume({ GantryDetectorTilt: 0 }, { from: 40, count: 6 });
    await volume({ GantryDetectorTilt: 15 }, { from: 100, count: 5 });
    const { read, warnings } = await plan();
    expect(read).toEqual(upTo(5, 10));
    expect(warnings?.join()).toContain('one of 6 slices is read, 9 slices are in the others');
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['AcquisitionNumber', { AcquisitionNumber: 1 }, { AcquisitionNumber: 2 }],
    ['AcquisitionTime', { AcquisitionTime: '101500' }, { AcquisitionTime: '101830.5' }],
    ['KVP', { KVP: 80 }, { KVP: 140 }],
    ['ConvolutionKernel', { ConvolutionKernel: 'H31s' }, { ConvolutionKernel: 'H40s' }],
    ['PixelSpacing', { PixelSpacing: [0.45, 0.45] }, { PixelSpacing: [0.5, 0.5] }],
    ['ImageType', { ImageType: ['DERIVED', 'SECONDARY', 'AXIAL'] }, {}],
    ['ConvolutionKernel without positions', without({ KVP: 80 }), without({ KVP: 140 })],
    ['InstanceNumber alone', {}, {}],
  ])(
    'of two interleaved acquisitions that differ in %s is read in the first one',
    async (_, first, second) => {
      await volume(first);
      await volume(second, { from: 3 });
      const { read, others } = await plan();
      expect(read).toEqual(upTo(1, 8));
      expect(others).toEqual(['1.2.3.4#2: an equivalent series comes first']);
      expect((await plan('1.2.3.4#2')).read).toEqual(upTo(9, 16));
    },
  );

  it('of two thicknesses that cover the same is read in the usual one', async () => {
    await volume({ SliceThickness: 1 }, { step: 1, count: 50 });
    await volume({ SliceThickness: 5 }, { step: 5, count: 10 });
    expect((await plan()).read).toEqual(upTo(51, 60));
  });

  it('of contrast agent in half of the files is read in the half without', async () => {
    await volume({});
    await volume({ ContrastBolusAgent: 'Iohexol' }, { from: 5 });
    const { read, others } = await plan();
    expect(read).toEqual(upTo(1, 8));
    expect(others[0]).toContain('contrast agent (Iohexol)');
  });

  it('of a gantry turn for each slice, or of thin slices below thick ones, is one volume', async () => {
    await volume((index) => ({ AcquisitionNumber: index + 1, AcquisitionTime: String(101500 + index) }));
    await volume(
      (index) => ({
        ...{ AcquisitionNumber: 20 + index, SliceThickness: 10, KVP: 140, ConvolutionKernel: 'H40s' },
        // As a GE HiSpeed writes the ImageType of its upper slices.
        ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL', 'ADD'],
      }),
      { from: 80 },
    ); // prettier-ignore
    const { read, others } = await plan();
    expect([read, others]).toEqual([upTo(1, 16), []]);
  });

  it('whose positions are all the same is one volume, in the order that another attribute gives', async () => {
    await volume(
      (index) => ({ AcquisitionNumber: index, AcquisitionTime: String(101500 + index), SliceLocation: index * 5 }),
      { step: 0 },
    ); // prettier-ignore
    const { read, others } = await plan();
    expect([read, others]).toEqual([upTo(1, 8), []]);
  });

  it('of which some files lack an attribute is one volume', async () => {
    const attributes = { ConvolutionKernel: undefined, FrameOfReferenceUID: undefined, ImageType: undefined };
    await volume((index) => (index % 2 === 0 ? attributes : {}));
    expect((await plan()).read).toEqual(upTo(1, 8));
  });

  it('of two images at each place is refused where no attribute separates them', async () => {
    await volume((index) => ({ InstanceNumber: index }));
    await volume((index) => ({ InstanceNumber: index }));
    const { unfit, read } = await plan();
    expect(read).toBeUndefined();
    expect(unfit).toContain('at 8 of 8 places lie several images');
    // Who asks for it gets it, and is told.
    expect((await plan('1.2.3.4')).warnings?.join()).toContain('at 8 of 8 places');
  });

  it('of files that exist twice is read once', async () => {
    await volume((index) => ({ SOPInstanceUID: `1.5.${index}`, InstanceNumber: index }));
    await volume((index) => ({ SOPInstanceUID: `1.5.${index}`, InstanceNumber: index }));
    const { read, warnings } = await plan();
    expect(read).toHaveLength(8);
    expect(warnings).toEqual(['8 slices have the position of another one and are left out']);
  });

  it('of distances that alternate for no known reason is warned of', async () => {
    await volume((index) => ({
      InstanceNumber: undefined,
      ImagePositionPatient: [0, 0, 10 * (index >> 1) + 3 * (index & 1)],
    }));
    expect((await plan()).warnings?.join()).toContain('3.0 and 7.0 mm apart in turn');
  });
});

describe('a series that is requested', () => {
  it('is refused where it is missing, and the error names those that exist', async () => {
    await volume({});
    await volume({ SeriesInstanceUID: '1.2.3.5', StudyInstanceUID: '1.2.9', SeriesDescription: 'Other' });
    await expect(planStudies([folder], { series: '1.2.3.4.5' })).rejects.toMatchObject({
      code: 'intake/no-such-series',
      reason: 'there is no series 1.2.3.4.5; there are: 1.2.3.4 (Head, 8 files); 1.2.3.5 (Other, 8 files)',
    });
  });

  it('leaves out the studies that do not hold it', async () => {
    await volume({ BodyPartExamined: 'CHEST' });
    await volume({ SeriesInstanceUID: '1.2.3.5', StudyInstanceUID: '1.2.9' });
    const { studies, unfit, leftOut } = await planStudies([folder], { series: ' 1.2.3.4' });
    expect(studies.map(({ seriesInstanceUid }) => seriesInstanceUid)).toEqual(['1.2.3.4']);
    expect(unfit).toEqual([]);
    expect(leftOut).toEqual([
      { name: '1.2.9', reason: 'series 1.2.3.4 was requested, but is not in this study' },
    ]);
  });
});

describe('one study UID', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['PatientID', { PatientID: 'ALPHA' }, { PatientID: 'BETA' }],
    ['IssuerOfPatientID', { IssuerOfPatientID: 'A' }, { IssuerOfPatientID: 'B' }],
    ['PatientBirthDate', { PatientBirthDate: '19500101' }, { PatientBirthDate: '19600101' }],
    ['PatientSex', { PatientSex: 'F' }, { PatientSex: 'M' }],
    ['PatientName', { PatientID: '', PatientName: 'A' }, { PatientID: '', PatientName: 'B' }],
    ['PatientName', { PatientName: 'A' }, { PatientID: undefined, PatientName: 'B' }],
  ])('of two patients (%s) is refused, without their data', async (attribute, first, second) => {
    const known = { PatientID: 'SECRET', PatientName: 'SECRET' };
    await volume({ ...known, ...first });
    await volume({ ...known, ...second }, { from: 5 });
    const { read, unfit } = await plan();
    expect(read).toBeUndefined();
    expect(unfit).toContain(`different patients (they differ in ${attribute}) under one StudyInstanceUID`);
    expect(unfit).not.toMatch(/SECRET|ALPHA|BETA|1950/);
  });

  it('of one patient whose name is written in two ways is read', async () => {
    await volume((index) => ({ PatientID: 'P', PatientName: index % 2 ? 'Doe^Jane' : 'DOE^JANE^^' }));
    expect((await plan()).warnings).toEqual([]);
  });

  it('of one PatientID and two names, or of an identifier that some files lack, is warned of', async () => {
    await volume((index) => ({ PatientID: 'P', PatientName: index % 2 ? 'Doe^Jane' : 'Roe^Jane' }));
    expect((await plan()).warnings?.join()).toContain('different PatientNames: one patient is assumed');
    await volume({ PatientID: undefined, StudyInstanceUID: '1.1' }, { count: 4 });
    await volume({ PatientID: 'P', StudyInstanceUID: '1.1' }, { from: 40, count: 4 });
    const { studies } = await planStudies([folder]);
    expect(studies[1]!.warnings.join()).toContain('some have none: one patient is assumed');
  });
});
