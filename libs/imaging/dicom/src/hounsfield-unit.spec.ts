import { describe, expect, it } from 'vitest';
import { rescaleOf } from './hounsfield-unit.js';
import { parseDicom } from './read.js';
import { file, slice, words, type TestElement } from './testing/build.js';

const scale: TestElement[] = [
  ['00281052', 'DS', '-1024'],
  ['00281053', 'DS', '1'],
];
const attributesOf = (more: readonly TestElement[]) => parseDicom(slice(1, [7], more)).attributes;

/** Functional groups with a rescale, as enhanced CT has them. */
function transformation(intercept: string, slope = '1', type = 'HU'): TestElement {
  return [
    '00289145',
    'SQ',
    [
      [
        ['00281052', 'DS', intercept],
        ['00281053', 'DS', slope],
        ['00281054', 'LO', type],
      ],
    ],
  ];
}

describe('rescaleOf', () => {
  it.each([
    ['plain CT', []],
    ['RescaleType HU', [['00281054', 'LO', 'HU']]],
    ['RescaleType in small letters', [['00281054', 'LO', 'hu ']]],
    ['an empty RescaleType', [['00281054', 'LO', '']]],
    ['monoenergetic images, which are in HU', [['00080008', 'CS', 'DERIVED\\PRIMARY\\AXIAL\\VMI']]],
    [
      'virtual non-contrast images that say HU',
      [
        ['00080008', 'CS', 'DERIVED\\PRIMARY\\AXIAL\\VNC'],
        ['00281054', 'LO', 'HU'],
      ],
    ],
    ['what a scanner writes', [['00080008', 'CS', 'ORIGINAL\\PRIMARY\\AXIAL\\CT_SOM5 SPI']]],
  ] satisfies [string, TestElement[]][])('takes %s', (_, more) => {
    expect(rescaleOf(attributesOf([...scale, ...more]))).toEqual({
      RescaleSlope: 1,
      RescaleIntercept: -1024,
    });
  });

  /** Oracle: PS3.3 table C.8-3 (both attributes are type 1, RescaleType 1C) and C.8.2.1.1.1 (terms of ImageType). */
  it.each([
    ['dicom/missing-attribute', 'RescaleSlope', [scale[0]!]],
    ['dicom/missing-attribute', 'RescaleIntercept', [scale[1]!]],
    ['dicom/missing-attribute', 'RescaleIntercept', [['00281052', 'DS', ''], scale[1]!]],
    ['dicom/bad-attribute', 'RescaleSlope', [scale[0]!, ['00281053', 'DS', '0']]],
    ['dicom/bad-attribute', 'RescaleSlope', [scale[0]!, ['00281053', 'DS', '-1']]],
    ['dicom/not-hounsfield', 'Modality', [...scale, ['00080060', 'CS', 'PT']]],
    ...['Z_EFF', 'MGML', 'US', 'HU_MOD', 'ED', 'PCT'].map(
      (type) => ['dicom/not-hounsfield', 'RescaleType', [...scale, ['00281054', 'LO', type]]] as const,
    ),
    ...[
      'Z_EFF',
      'EFF_ATOMIC_NUM',
      'ELECTRON_DENSITY',
      'IODINE',
      'IODINE NO WATER',
      'MAT_SPECIFIC',
      'CBF',
      'VNC',
    ].map(
      (term) =>
        [
          'dicom/not-hounsfield',
          'ImageType',
          [...scale, ['00080008', 'CS', `DERIVED\\PRIMARY\\AXIAL\\${term}`]],
        ] as const,
    ),
  ] as readonly (readonly [string, string, readonly TestElement[]])[])(
    'refuses with %s of %s: %j',
    async (code, attribute, more) => {
      const expected = expect.objectContaining({ name: 'DicomError', code, attribute });
      expect(() => rescaleOf(attributesOf(more))).toThrow(expected);
      // The stored values can still be read.
      const whole = parseDicom(slice(1, [7], more), { name: 'a.dcm' });
      expect([...(await whole.pixels()).data]).toEqual([7]);
      await expect(whole.hounsfield()).rejects.toMatchObject({ code, attribute, file: 'a.dcm' });
    },
  );

  it('refuses two values of one attribute', () => {
    expect(() => attributesOf([scale[0]!, ['00281053', 'DS', '1\\2']])).toThrow(
      expect.objectContaining({ code: 'dicom/bad-attribute', attribute: 'RescaleSlope' }),
    );
  });
});

describe('enhanced CT', () => {
  const enhanced = (
    frames: number,
    shared: TestElement[],
    perFrame: TestElement[][],
    more: TestElement[] = [],
  ) =>
    slice(
      1,
      [1024, 1064],
      [
        ['00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2.1'],
        ['00280008', 'IS', String(frames)],
        ['00280010', 'US', words(2 / frames)],
        ['52009229', 'SQ', [shared]],
        ['52009230', 'SQ', perFrame],
        ...more,
      ],
    );

  /** HU = stored * slope + intercept of the functional groups (PS3.3 C.7.6.16.2.9), by hand. */
  it('reads scale, geometry and window of one frame from its functional groups', async () => {
    const read = parseDicom(
      enhanced(
        1,
        [
          transformation('-1024'),
          ['00209116', 'SQ', [[['00200037', 'DS', '1\\0\\0\\0\\1\\0']]]],
          [
            '00289110',
            'SQ',
            [
              [
                ['00180050', 'DS', '5'],
                ['00280030', 'DS', '0.5\\0.5'],
              ],
            ],
          ],
          [
            '00289132',
            'SQ',
            [
              [
                ['00281050', 'DS', '40'],
                ['00281051', 'DS', '80'],
              ],
            ],
          ],
        ],
        [[['00209113', 'SQ', [[['00200032', 'DS', '-112\\-112\\10']]]]]],
      ),
    );
    expect(read.attributes).toMatchObject({
      RescaleSlope: 1,
      RescaleIntercept: -1024,
      RescaleType: 'HU',
      ImagePositionPatient: [-112, -112, 10],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      PixelSpacing: [0.5, 0.5],
      SliceThickness: 5,
      WindowCenter: [40],
      WindowWidth: [80],
    });
    expect([...(await read.hounsfield()).data]).toEqual([0, 40]);
  });

  it('scales each of several frames by its own group', async () => {
    const read = parseDicom(enhanced(2, [], [[transformation('-1024')], [transformation('-2000', '2')]]));
    expect([...(await read.hounsfield(0)).data]).toEqual([0]);
    expect([...(await read.hounsfield(1)).data]).toEqual([128]); // 1064 * 2 - 2000
    expect(read.attributes.RescaleSlope).toBeUndefined();
    const shared = parseDicom(enhanced(2, [transformation('-1024')], [[], []]));
    expect([...(await shared.hounsfield(1)).data]).toEqual([40]);
  });

  it('refuses frames without a scale, of another quantity, or with two scales', async () => {
    await expect(parseDicom(enhanced(1, [], [[]])).hounsfield()).rejects.toMatchObject({
      code: 'dicom/missing-attribute',
    });
    const effective = parseDicom(enhanced(1, [transformation('0', '1', 'Z_EFF')], [[]]));
    await expect(effective.hounsfield()).rejects.toMatchObject({ code: 'dicom/not-hounsfield' });
    const frameType: TestElement = [
      '00189329',
      'SQ',
      [[['00089007', 'CS', 'DERIVED\\PRIMARY\\VOLUME\\IODINE']]],
    ];
    const iodine = parseDicom(enhanced(1, [transformation('0'), frameType], [[]]));
    await expect(iodine.hounsfield()).rejects.toMatchObject({ code: 'dicom/not-hounsfield' });
    expect(() => parseDicom(enhanced(1, [transformation('-1024')], [[]], [['00281052', 'DS', '0']]))).toThrow(
      expect.objectContaining({ code: 'dicom/bad-attribute', attribute: 'RescaleIntercept' }),
    );
  });

  it('counts 0 frames as one', async () => {
    const { attributes, pixels } = parseDicom(slice(2, [1, 2], [['00280008', 'IS', '0']]));
    expect(attributes.NumberOfFrames).toBe(1);
    expect([...(await pixels()).data]).toEqual([1, 2]);
    expect(parseDicom(file([])).attributes.NumberOfFrames).toBe(1);
  });
});
