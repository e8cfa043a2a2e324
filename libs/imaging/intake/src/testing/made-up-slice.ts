import dcmjs from 'dcmjs';

/** A small CT slice for tests; `change` overrides attributes, and undefined ones are left away. */
export function makeSlice(change: Readonly<Record<string, unknown>> = {}): Uint8Array {
  const { DicomDict, DicomMetaDictionary } = dcmjs.data;
  const dataset = {
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
    PixelData: Int16Array.of(0, 10, 20, 30).buffer,
    _vrMap: { PixelData: 'OW' },
    ...change,
  };
  const present = Object.fromEntries(Object.entries(dataset).filter(([, value]) => value !== undefined));
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      MediaStorageSOPClassUID: dataset.SOPClassUID,
      MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
      TransferSyntaxUID: '1.2.840.10008.1.2.1',
    }),
  );
  file.dict = DicomMetaDictionary.denaturalizeDataset(present);
  return new Uint8Array(file.write());
}
