import { describe, expect, it } from 'vitest';
import type { DicomAttributes } from '../attributes.js';
import { parseDicom } from '../read.js';
import { file } from '../testing/build.js';
import { assembleStudies } from './assemble.js';

const base = parseDicom(file([])).attributes;

function slice(name: string, z: number, more: Partial<DicomAttributes> = {}) {
  const attributes: DicomAttributes = {
    ...base,
    Modality: 'CT',
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    PatientID: 'ID_p',
    StudyInstanceUID: 'ID_study',
    SeriesInstanceUID: 'ID_series',
    ImagePositionPatient: [-125, -120, z],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    ...more,
  };
  return { name, attributes };
}

describe('assembleStudies', () => {
  it('groups by study and series and orders from the feet to the head', () => {
    const { studies, leftOut } = assembleStudies([
      slice('c', 20),
      slice('x', 0, { StudyInstanceUID: 'ID_other' }),
      slice('a', 0),
      slice('s', 3, { SeriesInstanceUID: 'ID_bone' }),
      slice('b', 10),
    ]);
    expect(leftOut).toEqual([]);
    const names = studies.map(({ series }) =>
      series.map(({ slices }) => slices.map(({ slice: { name } }) => name)),
    );
    expect(names).toEqual([[['a', 'b', 'c'], ['s']], [['x']]]);
    expect(studies[0]).toMatchObject({ StudyInstanceUID: 'ID_study', PatientID: 'ID_p' });
  });

  it('orders along the normal with a tilted gantry: a table step is longer than the distance of the slices', () => {
    const tilt = (18.5 * Math.PI) / 180;
    const ImageOrientationPatient = [1, 0, 0, 0, Math.cos(tilt), -Math.sin(tilt)] as const;
    const { studies } = assembleStudies(
      [2, 0, 1].map((i) => slice(String(i), 4.22 * i, { ImageOrientationPatient })),
    );
    const [series] = studies[0]!.series;
    expect(series!.slices.map(({ slice: { name } }) => name)).toEqual(['0', '1', '2']);
    expect(series!.tilt).toBeCloseTo(18.5, 6);
    // 4.22 cos 18.5 degrees
    expect(series!.steps[0]).toBeCloseTo(4.22 * Math.cos(tilt), 9);
    expect(series!.normal[1]).toBeCloseTo(Math.sin(tilt), 9);
  });

  it('turns the normal towards the head for any direction of the rows', () => {
    const prone = { ImageOrientationPatient: [-1, 0, 0, 0, 1, 0] } as const;
    const { studies } = assembleStudies([slice('high', 5, prone), slice('low', -5, prone)]);
    expect(studies[0]!.series[0]!.slices.map(({ slice: { name } }) => name)).toEqual(['low', 'high']);
    expect(studies[0]!.series[0]!.normal).toEqual([0, 0, 1]);
  });

  it('reports slices at one place and keeps the first instance', () => {
    const { studies } = assembleStudies([
      slice('second', 5, { InstanceNumber: 9 }),
      slice('first', 5.001, { InstanceNumber: 2 }),
      slice('next', 10),
    ]);
    const [series] = studies[0]!.series;
    expect(series!.slices.map(({ slice: { name } }) => name)).toEqual(['first', 'next']);
    expect(series!.duplicates).toMatchObject([{ kept: { name: 'first' }, others: [{ name: 'second' }] }]);
  });

  /** Oracle: the slices as made. Copies are slices that also share a SliceLocation or an InstanceNumber. */
  it.each<[string, readonly Partial<DicomAttributes>[], string]>([
    [
      'SliceLocation tells more',
      [0, 10, 20].map((SliceLocation) => ({ SliceLocation })),
      'at one place, SliceLocation at 3',
    ],
    [
      'InstanceNumber tells more',
      [1, 2, 3].map((InstanceNumber) => ({ InstanceNumber })),
      'the same in all 3 slices',
    ],
    ['nothing else is there', [{}, {}, {}], 'the same in all 3 slices'],
    [
      'all was set to 0',
      [1, 2, 3].map((i) => ({
        InstanceNumber: i,
        SliceLocation: 0,
        ImagePositionPatient: [0, 0, 0] as const,
      })),
      'the same in all 3 slices',
    ],
  ])('treats equal positions as missing positions: %s', (_, each, words) => {
    const { studies, leftOut } = assembleStudies(each.map((more, i) => slice(String(i), 5, more)));
    expect(studies.flatMap(({ series }) => series)).toEqual([]);
    expect(leftOut).toHaveLength(3);
    for (const out of leftOut) {
      expect(out).toMatchObject({ reason: 'same-position', explanation: expect.stringContaining(words) });
    }
  });

  it('treats two places of four slices as missing positions if SliceLocation has four', () => {
    const members = [0, 0, 5, 5].map((z, i) => slice(String(i), z, { SliceLocation: 5 * i }));
    expect(assembleStudies(members).leftOut).toHaveLength(4);
    // Scanned twice at the same places: SliceLocation has no more places.
    const twice = [0, 0, 5, 5].map((z, i) => slice(String(i), z, { SliceLocation: z, InstanceNumber: i }));
    expect(assembleStudies(twice).studies[0]!.series[0]!.slices).toHaveLength(2);
  });

  it('treats slices as copies if they also share a SliceLocation, or if two share an InstanceNumber', () => {
    for (const [count, more] of [
      [4, { SliceLocation: 7 }],
      [2, { InstanceNumber: 3 }],
    ] as const) {
      const members = Array.from({ length: count }, (_, i) => slice(String(i), 5, more));
      const [series] = assembleStudies(members).studies[0]!.series;
      expect(series!.slices).toHaveLength(1);
      expect(series!.duplicates[0]!.others).toHaveLength(count - 1);
    }
  });

  it('reports a gap with the number of missing slices, but not a change of spacing', () => {
    const at = (positions: number[], SliceThickness?: number) =>
      assembleStudies(positions.map((z) => slice(String(z), z, { SliceThickness }))).studies[0]!.series[0]!;
    expect(at([0, 5, 10, 25, 30, 35]).gaps).toEqual([{ after: 2, distance: 15, expected: 5, missing: 2 }]);
    // 4 mm at the skull base, an overlap, 7 mm above.
    expect(at([0, 4, 8, 12, 13, 20, 27, 34]).gaps).toEqual([]);
    // A single thick slice at the end covers its step.
    expect(at([0, 4, 8, 12, 19], 7).gaps).toEqual([]);
  });

  it.each<[string, Partial<DicomAttributes>, string]>([
    ['not-ct', { Modality: 'MR' }, 'Modality is MR, not CT'],
    ['not-ct', { Modality: undefined }, 'Modality is missing, not CT'],
    ['localizer', { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }, 'ORIGINAL\\PRIMARY\\LOCALIZER'],
    ['no-study-uid', { StudyInstanceUID: undefined }, 'StudyInstanceUID'],
    ['no-series-uid', { SeriesInstanceUID: undefined }, 'SeriesInstanceUID'],
    ['no-position', { ImagePositionPatient: undefined }, 'ImagePositionPatient'],
    ['no-position', { ImagePositionPatient: undefined, NumberOfFrames: 4 }, 'multi-frame'],
    ['no-orientation', { ImageOrientationPatient: undefined }, 'ImageOrientationPatient'],
    ['no-orientation', { ImageOrientationPatient: [1, 0, 0, 1, 0, 0] }, 'spans no plane'],
    ['other-orientation', { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] }, 'not parallel'],
  ])('leaves out with a reason: %s', (reason, attributes, words) => {
    const { studies, leftOut } = assembleStudies([slice('a', 0), slice('odd', 2, attributes), slice('b', 5)]);
    expect(leftOut).toMatchObject([
      { slice: { name: 'odd' }, reason, explanation: expect.stringContaining(words) },
    ]);
    expect(studies[0]!.series[0]!.slices).toHaveLength(2);
  });
});
