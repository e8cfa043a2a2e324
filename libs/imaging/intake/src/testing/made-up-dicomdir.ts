import dcmjs from 'dcmjs';

/** A media directory with image records alone, each a path in parts. */
export function makeDicomdir(files: readonly (readonly string[])[]): Uint8Array {
  const { DicomDict, DicomMetaDictionary } = dcmjs.data;
  const file = new DicomDict(
    DicomMetaDictionary.denaturalizeDataset({
      MediaStorageSOPClassUID: '1.2.840.10008.1.3.10',
      MediaStorageSOPInstanceUID: '1.2.3',
      TransferSyntaxUID: '1.2.840.10008.1.2.1',
    }),
  );
  file.dict = DicomMetaDictionary.denaturalizeDataset({
    FileSetID: 'TEST',
    DirectoryRecordSequence: files.map((id) => ({ DirectoryRecordType: 'IMAGE', ReferencedFileID: id })),
  });
  return new Uint8Array(file.write());
}
