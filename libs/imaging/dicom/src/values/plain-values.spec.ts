import { describe, expect, it } from 'vitest';
import { parseDicom } from '../read.js';
import { file, words } from '../testing/build.js';

describe('values', () => {
  it('gives every element as a plain value, under its keyword or its tag', () => {
    const bytes = file([
      ['00080008', 'CS', 'ORIGINAL\\PRIMARY'],
      ['00080018', 'UI', '1.2.3'],
      ['00080080', 'LO', ''],
      ['00190010', 'LO', 'ICHOR'],
      ['00191002', 'SS', words(-3)],
      ['00191003', 'UN', new Uint8Array([1, 2, 3, 4])],
      ['00200013', 'IS', ' 12 '],
      ['00280009', 'AT', words(0x18, 0x1063)],
      ['00281052', 'DS', '-1024.5'],
      ['00281101', 'US', words(256, 0, 16)],
    ]);
    expect(parseDicom(bytes).values()).toEqual({
      ImageType: ['ORIGINAL', 'PRIMARY'],
      SOPInstanceUID: '1.2.3',
      InstitutionName: null,
      '00190010': 'ICHOR',
      '00191002': -3,
      '00191003': new Uint8Array([1, 2, 3, 4]),
      InstanceNumber: 12,
      FrameIncrementPointer: '00181063',
      RescaleIntercept: -1024.5,
      RedPaletteColorLookupTableDescriptor: [256, 0, 16],
    });
  });

  /** Oracle: PS3.5 table 6.2-1; the numbers are those of `DSfloat` and `IS` of pydicom 3.0.2,
   * which refuse the texts with x, b, o and comma, give infinity for two, and cut 3.5 to 3. */
  it.each([
    ['DS', '+1.5e-1', 0.15],
    ['DS', '.5', 0.5],
    ['DS', '-3.', -3],
    ['DS', '0x10', '0x10'],
    ['DS', '0b11', '0b11'],
    ['DS', '1,5', '1,5'],
    ['DS', 'Infinity', 'Infinity'],
    ['DS', '1e999', '1e999'],
    ['IS', '-012', -12],
    ['IS', '3.0', 3],
    ['IS', '3.5', '3.5'],
    ['IS', '0o17', '0o17'],
    ['IS', '1e3', 1000],
    ['IS', '0x10', '0x10'],
  ])('accepts only decimal digits as a number: %s %s', (vr, text, value) => {
    expect(parseDicom(file([['00200013', vr, text]])).values()).toEqual({ InstanceNumber: value });
  });

  it('decodes names and texts by the components of each', () => {
    const greek = Buffer.from('1b2d46c45ee9', 'hex');
    const bytes = file([
      ['00080005', 'CS', 'ISO 2022 IR 100\\ISO 2022 IR 126'],
      ['00081030', 'LO', greek],
      ['00100010', 'PN', greek],
    ]);
    expect(parseDicom(bytes).values()).toMatchObject({ StudyDescription: 'Δ^ι', PatientName: 'Δ^é' });
  });

  it('reads 64-bit integers, whose headers dicom-parser does not know', () => {
    const value = Buffer.alloc(8);
    value.writeBigInt64LE(-(2n ** 60n));
    const bytes = file([
      ['00720082', 'SV', value],
      ['00720083', 'UV', value],
      ['00720084', 'US', words(5)],
    ]);
    expect(Object.values(parseDicom(bytes).values())).toEqual([-(2n ** 60n), 2n ** 64n - 2n ** 60n, 5]);
  });

  it('reads standard elements that are stored as UN', () => {
    // One item of 12 bytes: (0008,1155) in implicit VR, 4 bytes, "1.2\0".
    const sequence = Buffer.from('feff00e0' + '0c000000' + '08005511' + '04000000' + '312e3200', 'hex');
    const bytes = file([
      ['00081140', 'UN', sequence],
      ['00280010', 'UN', words(512)],
    ]);
    expect(parseDicom(bytes).values()).toMatchObject({
      ReferencedImageSequence: [{ ReferencedSOPInstanceUID: '1.2' }],
      Rows: 512,
    });
  });
});
