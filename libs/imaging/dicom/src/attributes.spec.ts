import { describe, expect, it } from 'vitest';
import { parseDicom } from './read.js';
import { file, slice, words } from './testing/build.js';

describe('attributes', () => {
  it('has no default for a missing or empty slope or intercept', () => {
    const missing = parseDicom(slice(1, [7])).attributes;
    const empty = parseDicom(
      slice(
        1,
        [7],
        [
          ['00281052', 'DS', ''],
          ['00281053', 'DS', ' '],
        ],
      ),
    ).attributes;
    for (const { RescaleSlope, RescaleIntercept, WindowCenter } of [missing, empty]) {
      expect([RescaleSlope, RescaleIntercept, WindowCenter]).toEqual([undefined, undefined, []]);
    }
  });

  it('keeps every value of multi-valued windows, without surrounding blanks', () => {
    const { attributes } = parseDicom(
      file([
        ['00281050', 'DS', '00040\\ 600 '],
        ['00281051', 'DS', '80\\2.8e3'],
      ]),
    );
    expect(attributes.WindowCenter).toEqual([40, 600]);
    expect(attributes.WindowWidth).toEqual([80, 2800]);
  });

  it('reads identifiers as free text, without padding by zero or blank', () => {
    const { attributes } = parseDicom(
      file([
        ['00100020', 'LO', 'ID_0a1b2c3d4'],
        ['0020000d', 'UI', 'ID_x'],
        ['0020000e', 'UI', 'ID_odd_'],
      ]),
    );
    expect(attributes.PatientID).toBe('ID_0a1b2c3d4');
    expect(attributes.StudyInstanceUID).toBe('ID_x');
    expect(attributes.SeriesInstanceUID).toBe('ID_odd_');
  });

  it('reads the meanings of the codes of a sequence', () => {
    const { attributes } = parseDicom(
      file([
        ['00180012', 'SQ', [[['00080104', 'LO', 'Iohexol']], [['00080100', 'SH', 'C-B0300']]]],
        ['00181041', 'DS', '50'],
      ]),
    );
    expect(attributes.ContrastBolusAgentSequence).toEqual(['Iohexol', '']);
    expect(attributes.AnatomicRegionSequence).toEqual([]);
    expect(attributes.ContrastBolusVolume).toBe(50);
  });

  it('leaves incomplete geometry undefined', () => {
    const { attributes } = parseDicom(file([['00200032', 'DS', '1\\2']]));
    expect(attributes.ImagePositionPatient).toBeUndefined();
  });

  it('names the attribute and the text when slope or size are no numbers', () => {
    expect(() => parseDicom(slice(1, [7], [['00281053', 'DS', '1,5']]), { name: 'a.dcm' })).toThrow(
      expect.objectContaining({
        code: 'dicom/bad-attribute',
        file: 'a.dcm',
        attribute: 'RescaleSlope',
        message: 'a.dcm: RescaleSlope: "1,5" is not a number',
      }),
    );
  });

  /** Oracle: PS3.3 C.7.6.3.1, enumerated values 0 and 1; pydicom 3.0.2 refuses to give pixels of others. */
  it('does not treat an unknown PixelRepresentation as unsigned', () => {
    expect(() => parseDicom(slice(1, [7], [['00280103', 'US', words(2)]]))).toThrow(
      expect.objectContaining({ code: 'dicom/bad-attribute', attribute: 'PixelRepresentation' }),
    );
  });

  it('reads PixelPaddingValue with the sign of the pixels', () => {
    const read = (representation: number) =>
      parseDicom(
        file([
          ['00280103', 'US', words(representation)],
          ['00280120', 'US', words(-2000)],
        ]),
      ).values()['PixelPaddingValue'];
    // The VR of the file has priority: US in an explicit file is unsigned, also with signed pixels.
    expect(read(1)).toBe(63536);
    expect(read(0)).toBe(63536);
  });
});
