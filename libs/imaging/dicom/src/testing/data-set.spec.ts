import { describe, expect, it } from 'vitest';
import { parseDicom } from '../index.js';
import { encode, file, slice, words } from './build.js';
import { elementsOf } from './data-set.js';

const hex = (dataSet: Record<string, unknown>) => encode(elementsOf(dataSet)).toString('hex');

// By hand from PS3.5: tag, representation and length in section 7.1.2, values and padding in 6.2.
describe('elementsOf', () => {
  it('writes numbers and text according to their representation, in the order of the tags', () => {
    expect(hex({ Rows: 512, Modality: 'CT' })).toBe(
      '08006000' + '4353' + '0200' + '4354' + '28001000' + '5553' + '0200' + '0002',
    );
    expect(hex({ ImageType: ['A', 'B'] })).toBe('08000800' + '4353' + '0400' + '415c4220');
    expect(hex({ SOPInstanceUID: '1.2' })).toBe('08001800' + '5549' + '0400' + '312e3200');
    expect(hex({ SliceThickness: 0.5 })).toBe('18005000' + '4453' + '0400' + '302e3520');
    expect(hex({ SOPInstanceUID: undefined, PatientName: '' })).toBe('10001000' + '504e' + '0000');
  });

  it('takes signed values where the standard leaves the choice, and words for pixels', () => {
    expect(hex({ PixelPaddingValue: -2000 })).toBe('28002001' + '5353' + '0200' + '30f8');
    expect(hex({ PixelPaddingValue: 2000 })).toBe('28002001' + '5553' + '0200' + 'd007');
    expect(hex({ PixelData: Int16Array.of(-1, 2) })).toBe('e07f1000' + '4f570000' + '04000000' + 'ffff0200');
  });

  it('writes sequences', () => {
    expect(hex({ DirectoryRecordSequence: [{ Modality: 'CT' }, {}] })).toBe(
      '04002012' +
        '53510000' +
        '1a000000' +
        'feff00e0' +
        '0a000000' +
        '0800600043530200' +
        '4354' +
        'feff00e0' +
        '00000000',
    );
  });

  it('refuses keywords that do not exist', () => {
    expect(() => elementsOf({ Row: 1 })).toThrow(new RangeError('the standard has no Row'));
  });

  it('makes the same file from keywords as from tags', () => {
    const named = elementsOf({ RescaleSlope: 2, RescaleIntercept: '-1024', Rows: 1 });
    const tagged = slice(2, [3, 4], [['00281052', 'DS', '-1024'], ['00281053', 'DS', '2'], ['00280010', 'US', words(1)]]); // prettier-ignore
    expect(slice(2, [3, 4], named)).toEqual(tagged);
    expect(parseDicom(file(elementsOf({ PatientID: 'P1' }))).values()).toMatchObject({ PatientID: 'P1' });
  });
});
