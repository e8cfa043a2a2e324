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

/**
 * Names of content items. Those of scheme DCM are in `sr/_concepts_dict.py` of pydicom 3; probability and algorithm are
 * named as highdicom and TID 4019 name them. The uncalibrated probability, that of a slice and the threshold have no
 * standard name.
 */
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
  qualitativeEvaluations: { value: 'C0034375', scheme: 'UMLS', meaning: 'Qualitative Evaluations' },
  measurementGroup: dcm('125007', 'Measurement Group'),
  trackingIdentifier: dcm('112039', 'Tracking Identifier'),
  trackingUid: dcm('112040', 'Tracking Unique Identifier'),
  finding: dcm('121071', 'Finding'),
  findingSite: sct('363698007', 'Finding Site'),
  brain: sct('12738006', 'Brain'),
  source: dcm('121112', 'Source of Measurement'),
  comment: dcm('121106', 'Comment'),
  algorithmName: dcm('111001', 'Algorithm Name'),
  algorithmVersion: dcm('111003', 'Algorithm Version'),
  algorithmParameters: dcm('111002', 'Algorithm Parameters'),
  algorithmManufacturer: dcm('122405', 'Algorithm Manufacturer'),
  /** The calibrated one, of the study. */
  probability: dcm('122157', 'Probability'),
  /** Another name than that of the study, so that no reader takes one for the other. */
  sliceProbability: {
    value: 'SLICEPROBABILITY',
    scheme: '99ICHOR',
    meaning: 'Calibrated probability of the finding on a slice',
  },
  rawProbability: { value: 'RAW', scheme: '99ICHOR', meaning: 'Uncalibrated probability of the finding' },
  threshold: { value: 'THRESHOLD', scheme: '99ICHOR', meaning: 'Threshold of the calibrated probability' },
  ratio: { value: '1', scheme: 'UCUM', meaning: 'no units' },
} as const satisfies Record<string, Code>;

/**
 * The findings. SNOMED CT where its concept means the same, and could be seen in a table that others keep:
 *
 * | code | meaning | seen in |
 * | --- | --- | --- |
 * | SCT 1386000 | Intracranial hemorrhage | pydicom 3 `sr/_concepts_dict.py` |
 * | SCT 50960005 | Hemorrhage | the same, context groups 6335, 7151, 7159 and others |
 * | SCT 35951006 | Subarachnoid space | the same, context groups 7151, 7153, 7192 |
 * | SCT 12738006 | Brain | the same |
 * | SCT 279245009 | Ventricular system of brain | SlicerMONAIAuto3DSeg, `AnatomicRegionAndModifier-MONAIAuto3DSeg.term.json` |
 * | SCT 54214006 | Subdural space | the same |
 * | SCT 82999001 | Epidural intracranial hemorrhage | two lists that were made from releases of SNOMED CT, see below |
 *
 * Epidural hemorrhage is in no table of pydicom, highdicom, DCMTK, dcm4che or Slicer. Two lists that do not depend on each
 * other give this code this name: the code set `stroke-and-tia.diagnosis.snomed.txt` of rw251/gm-idcr (NHS Greater Manchester;
 * made from the UK release: its fully specified name, and a child of Intracranial hemorrhage; it gives 1386000, 35486000,
 * 21454007 and 274100004 the meanings above, too), and a list that a program wrote from the OMOP vocabularies. A third, in
 * which a person or a machine wrote down names and codes, has 62414007; it is not among the former's hemorrhages.
 *
 * For a ventricular hemorrhage such lists name different concepts: it stays a hemorrhage with a site. The epidural space of
 * the head was seen nowhere; the name of the finding includes it. A wrong standard code is worse than a private
 * one.
 */
export const hemorrhageCodes: Readonly<Record<string, Code>> = {
  any: sct('1386000', 'Intracranial hemorrhage'),
  epidural: sct('82999001', 'Epidural intracranial hemorrhage'),
  subdural: sct('35486000', 'Subdural intracranial hemorrhage'),
  subarachnoid: sct('21454007', 'Subarachnoid intracranial hemorrhage'),
  intraventricular: sct('50960005', 'Hemorrhage'),
  intraparenchymal: sct('274100004', 'Cerebral hemorrhage'),
};

/** Where the findings are; see the table above. The site makes an intraventricular one of the hemorrhage. */
export const hemorrhageSites: Readonly<Record<string, Code>> = {
  subdural: sct('54214006', 'Subdural space'),
  subarachnoid: sct('35951006', 'Subarachnoid space'),
  intraventricular: sct('279245009', 'Ventricular system of brain'),
};
