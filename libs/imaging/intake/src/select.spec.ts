import { describe, expect, it } from 'vitest';
import { objection } from './objections.js';
import { selectSeries, type SeriesCandidate } from './select.js';
import { isSharpKernel, planeOf, type SeriesHeader } from './series-description.js';

const plain: SeriesHeader = {
  Modality: 'CT',
  ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  BodyPartExamined: 'HEAD',
  SeriesDescription: 'Head 5.0 H31s',
  StudyDescription: undefined,
  SeriesNumber: 2,
  ConvolutionKernel: 'H31s',
  ContrastBolusAgent: undefined,
  Manufacturer: 'SIEMENS',
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
  SliceThickness: 5,
  NumberOfFrames: 1,
};

describe('planeOf', () => {
  const tilt = (degrees: number): SeriesHeader['ImageOrientationPatient'] => {
    const angle = (degrees * Math.PI) / 180;
    return [1, 0, 0, 0, Math.cos(angle), -Math.sin(angle)];
  };
  it.each([
    ['axial', [1, 0, 0, 0, 1, 0]],
    ['axial', tilt(30)],
    ['oblique', tilt(45)],
    ['coronal', [1, 0, 0, 0, 0, -1]],
    ['sagittal', [0, 1, 0, 0, 0, -1]],
    [undefined, [1, 0, 0, 1, 0, 0]],
    [undefined, undefined],
  ] as const)('is %s', (plane, axes) => {
    expect(planeOf({ ImageOrientationPatient: axes as SeriesHeader['ImageOrientationPatient'] })).toBe(plane);
  });
});

describe('isSharpKernel', () => {
  it.each(['BONE', 'BONEPLUS', 'H60s', 'H70h', 'Hr59', 'J70h', 'FC30', 'FC81', 'YD', 'D'])(
    '%s is sharp',
    (kernel) => {
      expect(isSharpKernel(kernel)).toBe(true);
    },
  );
  it.each(['STANDARD', 'SOFT', 'H31s', 'Hr38', 'J30s', 'FC64', 'FC21', 'UB', 'A', 'B', undefined])(
    '%s is not',
    (kernel) => {
      expect(isSharpKernel(kernel)).toBe(false);
    },
  );
});

describe('objection', () => {
  it('has none to a plain head, nor to one that says nothing of itself', () => {
    expect(objection(plain)).toBeUndefined();
    const silent = Object.fromEntries(
      Object.keys(plain).map((key) => [key, undefined]),
    ) as unknown as SeriesHeader;
    expect(objection({ ...silent, ImageType: [], NumberOfFrames: 1 })).toBeUndefined();
  });

  it.each<[string, Partial<SeriesHeader>]>([
    ['no CT', { Modality: 'MR' }],
    ['localizer', { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }],
    ['localizer', { SeriesDescription: 'Topogram 0.6' }],
    ['no plain slices', { ImageType: ['DERIVED', 'SECONDARY', 'MIP'] }],
    ['coronal', { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] }],
    ['another part of the body', { BodyPartExamined: 'CHEST' }],
    ['another part of the body', { BodyPartExamined: undefined, SeriesDescription: 'C-Spine 2.0' }],
    ['sharp one', { ConvolutionKernel: 'BONEPLUS' }],
    ['reconstructed for bone', { SeriesDescription: 'Head bone', ConvolutionKernel: undefined }],
    ['contrast agent (Omnipaque)', { ContrastBolusAgent: 'Omnipaque' }],
    ['contrast agent', { SeriesDescription: 'CTA head' }],
  ])('%s', (reason, change) => {
    expect(objection({ ...plain, ...change })).toContain(reason);
  });

  it('believes a description that denies contrast', () => {
    expect(
      objection({ ...plain, SeriesDescription: 'Head without contrast', ContrastBolusAgent: 'APPLIED' }),
    ).toBeUndefined();
  });
});

describe('selectSeries', () => {
  const series = (id: string, change: Partial<SeriesHeader> = {}, slices = 30): SeriesCandidate => ({
    id,
    header: { ...plain, ...change },
    slices,
  });

  it('takes the 5 mm series and says of each other one why not', () => {
    const { chosen, others } = selectSeries([
      series('scout', { ImageType: ['LOCALIZER'] }, 1),
      series('thin', { SliceThickness: 0.625 }, 250),
      series('usual', { SliceThickness: 4.8 }),
      series('bone', { ConvolutionKernel: 'H60s' }),
    ]);
    expect(chosen?.series.id).toBe('usual');
    expect(chosen?.reason).toBe('axial, soft-tissue kernel H31s, 4.8 mm, head, 30 slices');
    expect(others.map(({ series: { id }, reason }) => [id, reason])).toEqual([
      ['scout', 'it is a localizer'],
      ['thin', 'another series is nearer to 5 mm (this one: 0.625)'],
      ['bone', 'its kernel is a sharp one, for bone (ConvolutionKernel H60s)'],
    ]);
  });

  it('prefers more slices, then the earlier series', () => {
    expect(selectSeries([series('a', {}, 10), series('b', {}, 30)]).chosen?.series.id).toBe('b');
    expect(
      selectSeries([series('a', { SeriesNumber: 5 }), series('b', { SeriesNumber: 3 })]).chosen?.series.id,
    ).toBe('b');
  });

  it('chooses none where none fits, and what is asked for whatever it is', () => {
    const chest = series('chest', { BodyPartExamined: 'CHEST' });
    expect(selectSeries([chest]).chosen).toBeUndefined();
    expect(selectSeries([chest], 'chest').chosen?.reason).toBe('it was asked for');
  });
});
