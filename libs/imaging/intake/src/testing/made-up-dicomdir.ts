import { elementsOf, file } from '@ichor/dicom/testing';

/** A media directory that has records of images only, each with its path in parts. */
export function makeDicomdir(files: readonly (readonly string[])[]): Uint8Array {
  const records = files.map((id) => ({ DirectoryRecordType: 'IMAGE', ReferencedFileID: id }));
  return file(elementsOf({ FileSetID: 'TEST', DirectoryRecordSequence: records }));
}
