import { elementsOf, file, type TestDataSet } from '@ichor/dicom/testing';

/** A small CT slice for tests; `change` overrides attributes by keyword, and undefined ones are left out. */
export function makeSlice(change: TestDataSet = {}): Uint8Array {
  return file(
    elementsOf({
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      SOPInstanceUID: `1.2.3.4.${String(change['InstanceNumber'] ?? 1)}`,
      StudyInstanceUID: '1.2.3',
      SeriesInstanceUID: '1.2.3.4',
      SeriesDescription: 'Head',
      Modality: 'CT',
      ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
      SliceThickness: 5,
      Rows: 2,
      Columns: 2,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 1,
      RescaleSlope: 1,
      RescaleIntercept: 0,
      PixelData: Int16Array.of(0, 10, 20, 30),
      ...change,
    }),
  );
}
