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

  it('reads standard elements that travel as UN', () => {
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
