import type { Dataset } from './dataset.js';

/** A coded concept (DICOM PS3.3 8.8). */
export interface Code {
  readonly value: string;
  /** `DCM`, `SCT` (SNOMED CT), `LN` (LOINC), `UCUM`, `RFC5646` or `99ICHOR`, which is private. */
  readonly scheme: string;
  readonly meaning: string;
}

export function codeItem({ value, scheme, meaning }: Code): Dataset {
  return { CodeValue: value, CodingSchemeDesignator: scheme, CodeMeaning: meaning };
}

const code = (scheme: string) => (value: string, meaning: string) => ({ value, scheme, meaning });
const dcm = code('DCM');
const sct = code('SCT');

export const concepts = {
  report: dcm('126000', 'Imaging Measurement Report'),
  language: dcm('121049', 'Language of Content Item and Descendants'),
  english: { value: 'en', scheme: 'RFC5646', meaning: 'English' },
  observerType: dcm('121005', 'Observer Type'),
  device: dcm('121007', 'Device'),
  deviceUid: dcm('121012', 'Device Observer UID'),
  deviceName: dcm('121013', 'Device Observer Name'),
  deviceManufacturer: dcm('121014', 'Device Observer Manufacturer'),
  deviceModel: dcm('121015', 'Device Observer Model Name'),
  procedureReported: dcm('121058', 'Procedure reported'),
  headCt: { value: '24725-4', scheme: 'LN', meaning: 'CT Head' },
  imageLibrary: dcm('111028', 'Image Library'),
  imageLibraryGroup: dcm('126200', 'Image Library Group'),
  modality: dcm('121139', 'Modality'),
  computedTomography: dcm('CT', 'Computed Tomography'),
  imagingMeasurements: dcm('126010', 'Imaging Measurements'),
  measurementGroup: dcm('125007', 'Measurement Group'),
  trackingIdentifier: dcm('112039', 'Tracking Identifier'),
  trackingUid: dcm('112040', 'Tracking Unique Identifier'),
  finding: dcm('121071', 'Finding'),
  findingSite: sct('363698007', 'Finding Site'),
  brain: sct('12738006', 'Brain'),
  source: dcm('121112', 'Source of Measurement'),
  comment: dcm('121106', 'Comment'),
  probability: { value: 'PROBABILITY', scheme: '99ICHOR', meaning: 'Calibrated probability of the finding' },
  rawProbability: { value: 'RAW', scheme: '99ICHOR', meaning: 'Uncalibrated probability of the finding' },
  threshold: { value: 'THRESHOLD', scheme: '99ICHOR', meaning: 'Threshold of the calibrated probability' },
  ratio: { value: '1', scheme: 'UCUM', meaning: 'no units' },
} as const satisfies Record<string, Code>;

/**
 * The findings. SNOMED CT where its concept means the same; SNOMED has none of which we could make sure for the
 * two others, and a wrong standard code is worse than a private one.
 */
export const hemorrhageCodes: Readonly<Record<string, Code>> = {
  any: sct('1386000', 'Intracranial hemorrhage'),
  epidural: { value: 'EDH', scheme: '99ICHOR', meaning: 'Epidural intracranial hemorrhage' },
  subdural: sct('35486000', 'Subdural intracranial hemorrhage'),
  subarachnoid: sct('21454007', 'Subarachnoid intracranial hemorrhage'),
  intraventricular: { value: 'IVH', scheme: '99ICHOR', meaning: 'Intraventricular hemorrhage' },
  intraparenchymal: sct('274100004', 'Cerebral hemorrhage'),
};
