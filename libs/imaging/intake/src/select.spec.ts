import { parseDicom } from '@ichor/dicom';
import { describe, expect, it } from 'vitest';
import { doubt, objection } from './objections.js';
import { selectSeries, type SeriesCandidate } from './select.js';
import { isSharpKernel, planeOf, type SeriesHeader } from './series-description.js';
import { makeSlice } from './testing/index.js';

const plain: SeriesHeader = {
  ...parseDicom(makeSlice()).attributes,
  BodyPartExamined: 'HEAD',
  SeriesDescription: 'Head 5.0 H31s',
  SeriesNumber: 2,
  ConvolutionKernel: 'H31s',
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

const silent = {
  Modality: undefined,
  ImageType: undefined,
  SeriesDescription: undefined,
  ImageOrientationPatient: undefined,
  SliceThickness: undefined,
};

describe('objection', () => {
  it('has none to a plain head, nor to one that says nothing of itself', () => {
    expect(objection(plain)).toBeUndefined();
    expect(objection({ ...parseDicom(makeSlice(silent)).attributes })).toBeUndefined();
  });

  it.each<[string, Partial<SeriesHeader>]>([
    ['not CT', { Modality: 'MR' }],
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

  it.each<[string, Partial<SeriesHeader>]>([
    ['an agent', { ContrastBolusAgent: 'OMNIPAQUE 350' }],
    ['an agent of a sequence', { ContrastBolusAgentSequence: ['Iohexol'] }],
    ['a sequence without meaning', { ContrastBolusAgentSequence: [''] }],
    ['an ingredient', { ContrastBolusIngredient: 'IODINE' }],
    ['a volume', { ContrastBolusVolume: 75 }],
    ['a dose', { ContrastBolusTotalDose: 75 }],
    ['a route', { ContrastBolusRoute: 'IV' }],
  ])('no word undoes %s that an attribute names', (_, agent) => {
    for (const SeriesDescription of ['Head', 'Head without contrast', 'HEAD NATIVE PHASE 2', 'HEAD W WO']) {
      expect(objection({ ...plain, ...agent, SeriesDescription })).toContain('contrast agent');
    }
  });

  it.each(['', 'NONE', 'No', 'n/a', 'NO CONTRAST', 'without', 'UNKNOWN'])(
    'takes the agent %j for none',
    (ContrastBolusAgent) => {
      expect(objection({ ...plain, ContrastBolusAgent })).toBeUndefined();
    },
  );

  it('asks the protocol where the series says nothing of contrast', () => {
    expect(objection({ ...plain, ProtocolName: 'HEAD C+' })).toContain('contrast agent (“HEAD C+”)');
    expect(
      objection({ ...plain, SeriesDescription: 'Head plain', ProtocolName: 'HEAD W CONTRAST' }),
    ).toBeUndefined();
    expect(objection({ ...plain, ProtocolName: 'HEAD W WO CONTRAST' })).toContain('is not clear');
  });

  it('only warns of what the study is called', () => {
    const StudyDescription = 'CT HEAD WITH CONTRAST';
    expect(objection({ ...plain, StudyDescription })).toBeUndefined();
    expect(doubt({ ...plain, StudyDescription })).toContain('contrast agent');
    expect(doubt({ ...plain, StudyDescription, SeriesDescription: 'plain' })).toBeUndefined();
    expect(doubt(plain)).toBeUndefined();
  });

  it('takes a body part that no table knows for a head only where a description says so', () => {
    const odd = { ...plain, BodyPartExamined: 'STD 5MM' };
    expect(objection(odd)).toBeUndefined();
    expect(doubt(odd)).toContain('STD 5MM');
    expect(objection({ ...odd, SeriesDescription: 'Axial' })).toContain('another part of the body');
    expect(objection({ ...plain, BodyPartExamined: 'CHEST', SeriesDescription: 'Head' })).toContain('CHEST');
  });

  it('takes CT in any case for CT', () => {
    for (const Modality of ['ct', 'Ct', ' CT ']) expect(objection({ ...plain, Modality })).toBeUndefined();
    expect(objection({ ...plain, Modality: 'mr' })).toContain('not CT');
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

  it('prefers a head to a fragment of the usual thickness', () => {
    const { chosen, others } = selectSeries([
      series('monitoring', {}, 2),
      series('head', { SliceThickness: 2 }, 70),
    ]);
    expect(chosen?.series.id).toBe('head');
    expect(others[0]?.reason).toBe('another series covers more');
  });

  it('chooses one volume of a series that was requested, or none', () => {
    const parts = [1, 2].map((part) => ({
      ...series('mixed', part === 1 ? { ConvolutionKernel: 'H70h' } : {}),
      part,
    }));
    expect(selectSeries(parts, 'mixed').chosen?.series.part).toBe(2);
    expect(selectSeries(parts, 'mixed#1').chosen?.series.part).toBe(1);
    expect(selectSeries(parts, 'mixed#3').chosen).toBeUndefined();
    expect(selectSeries([series('a')], 'b')).toMatchObject({
      chosen: undefined,
      others: [{ reason: 'another series was requested' }],
    });
  });

  it('chooses none where none fits, and what is asked for whatever it is', () => {
    const chest = series('chest', { BodyPartExamined: 'CHEST' });
    expect(selectSeries([chest]).chosen).toBeUndefined();
    expect(selectSeries([chest], 'chest').chosen?.reason).toBe('it was requested');
  });
});
