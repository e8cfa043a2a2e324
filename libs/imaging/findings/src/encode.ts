import dcmjs from 'dcmjs';
import type { Dataset } from './dataset.js';

const explicitLittleEndian = '1.2.840.10008.1.2.1';
/** Identifies Ichor as the writer of files; a fixed UUID under root 2.25. */
const implementationClassUid = '2.25.193274918306254816523412348571238471239';

// The values were made to fit before. A log line of dcmjs would show a patient's values on the terminal.
dcmjs.log.setLevel('silent', false);

/** A DICOM file (explicit little endian, with preamble) of a data set with SOP class and instance. */
export function encodeDicom(
  dataset: Dataset & { readonly SOPClassUID: string; readonly SOPInstanceUID: string },
): Uint8Array {
  const { DicomDict, DicomMetaDictionary } = dcmjs.data;
  const meta = DicomMetaDictionary.denaturalizeDataset({
    FileMetaInformationVersion: Uint8Array.of(0, 1).buffer,
    MediaStorageSOPClassUID: dataset.SOPClassUID,
    MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
    TransferSyntaxUID: explicitLittleEndian,
    ImplementationClassUID: implementationClassUid,
    ImplementationVersionName: 'ICHOR',
  });
  const file = new DicomDict(meta);
  file.dict = DicomMetaDictionary.denaturalizeDataset(dataset);
  return new Uint8Array(file.write());
}
