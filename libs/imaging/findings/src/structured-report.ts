import { codeItem, concepts, hemorrhageCodes, hemorrhageSites, type Code } from './codes.js';
import { contentItem, referenceItem, type Reference } from './content-item.js';
import type { Dataset } from './dataset.js';
import { dicomTime } from './dicom-time.js';
import { encodeDicom } from './encode.js';
import {
  commonModules,
  derivedInstanceUid,
  derivedSeriesUid,
  fitReference,
  fitSource,
  type Origin,
  type SourceStudy,
} from './study.js';
import { uidFrom } from './uid.js';

export interface Finding {
  /** `any`, `epidural`, ... */
  readonly label: string;
  /** Calibrated probability of the study, 0..1. */
  readonly probability: number;
  readonly rawProbability: number;
  /** A sentence on what the probabilities are. */
  readonly basis?: string;
  readonly threshold?: number;
  /** The slices in which it is most probable, with its calibrated probability there; slices have numbers from 1. */
  readonly slices: readonly (Reference & { readonly number?: number; readonly probability?: number })[];
}

/** The conclusion for the whole study. */
export interface Conclusion {
  /** One line, e.g. `nothing above the thresholds`. */
  readonly headline: string;
  /** The reason why some or all numbers must not be read as findings. */
  readonly alarm?: string;
}

const comprehensive3dSr = '1.2.840.10008.5.1.4.1.1.88.34';

/**
 * The findings of a study as a DICOM Structured Report after template 1500 (DICOM PS3.16): per label a
 * measurement group with the coded finding, its site, its probabilities and the slices that show it best. Labels that
 * are not findings must not be given: a reader takes every group for one.
 *
 * The report is marked as unverified: no person has looked at it.
 */
export function structuredReport(
  source: SourceStudy,
  findings: readonly Finding[],
  origin: Origin,
  conclusion?: Conclusion,
): Uint8Array {
  const { study } = fitSource(source);
  const sopInstanceUid = derivedInstanceUid('report', source, origin, JSON.stringify([findings, conclusion]));
  const { date, time } = dicomTime(origin.createdAt, study.timezoneOffset);
  return encodeDicom({
    ...commonModules(study, origin),
    SOPClassUID: comprehensive3dSr,
    SOPInstanceUID: sopInstanceUid,
    Modality: 'SR',
    SeriesInstanceUID: derivedSeriesUid('report series', source, origin),
    SeriesNumber: 9001,
    SeriesDescription: 'Ichor: intracranial hemorrhage (research only)',
    ReferencedPerformedProcedureStepSequence: [],
    InstanceNumber: 1,
    ContentDate: date,
    ContentTime: time,
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    PerformedProcedureCodeSequence: [],
    CurrentRequestedProcedureEvidenceSequence: [evidence(study)],
    CodingSchemeIdentificationSequence: [
      {
        CodingSchemeDesignator: '99ICHOR',
        CodingSchemeName: 'Ichor private codes',
        CodingSchemeResponsibleOrganization: 'Ichor',
      },
    ],
    ValueType: 'CONTAINER',
    ConceptNameCodeSequence: [codeItem(concepts.report)],
    ContinuityOfContent: 'SEPARATE',
    ContentTemplateSequence: [{ MappingResource: 'DCMR', TemplateIdentifier: '1500' }],
    ContentSequence: [
      contentItem.code('HAS CONCEPT MOD', concepts.language, concepts.english),
      contentItem.code('HAS OBS CONTEXT', concepts.observerType, concepts.device),
      contentItem.uid('HAS OBS CONTEXT', concepts.deviceUid, uidFrom('device', origin.modelName)),
      contentItem.text('HAS OBS CONTEXT', concepts.deviceName, 'Ichor'),
      contentItem.text('HAS OBS CONTEXT', concepts.deviceManufacturer, 'Ichor'),
      contentItem.text('HAS OBS CONTEXT', concepts.deviceModel, origin.modelName),
      contentItem.code('HAS CONCEPT MOD', concepts.procedureReported, concepts.headCt),
      imageLibrary(study),
      ...(findings.length === 0
        ? []
        : [
            contentItem.container(
              concepts.imagingMeasurements,
              findings.map((finding) => measurementGroup(finding, sopInstanceUid, origin)),
            ),
          ]),
      ...(conclusion === undefined ? [] : [conclusionOf(conclusion)]),
    ],
  });
}

/**
 * Texts that a reader of any archive sees, under the template's heading for items that are not measurements.
 */
function conclusionOf({ headline, alarm }: Conclusion): Dataset {
  const text = (sentence: string) => contentItem.text('CONTAINS', concepts.comment, sentence);
  return contentItem.container(concepts.qualitativeEvaluations, [
    ...(alarm === undefined ? [] : [text(`CAUTION: ${alarm}`)]),
    text(`${headline}. For research only; not a diagnosis.`),
  ]);
}

function imageLibrary(study: SourceStudy): Dataset {
  return contentItem.container(concepts.imageLibrary, [
    contentItem.container(concepts.imageLibraryGroup, [
      contentItem.code('HAS ACQ CONTEXT', concepts.modality, concepts.computedTomography),
      ...study.images.map(contentItem.image),
    ]),
  ]);
}

function measurementGroup(finding: Finding, reportUid: string, origin: Origin): Dataset {
  const { label, probability, rawProbability, basis, threshold, slices } = finding;
  const verdict =
    threshold === undefined
      ? 'No threshold was fixed.'
      : `${probability >= threshold ? 'Above' : 'Below'} the threshold.`;
  return contentItem.container(concepts.measurementGroup, [
    contentItem.text('HAS OBS CONTEXT', concepts.trackingIdentifier, label),
    contentItem.uid('HAS OBS CONTEXT', concepts.trackingUid, uidFrom('finding', reportUid, label)),
    contentItem.code('CONTAINS', concepts.finding, hemorrhageCode(label)),
    contentItem.code('HAS CONCEPT MOD', concepts.findingSite, hemorrhageSites[label] ?? concepts.brain),
    ...algorithm(origin),
    contentItem.number(concepts.probability, probability, concepts.ratio),
    contentItem.number(concepts.rawProbability, rawProbability, concepts.ratio),
    ...(threshold === undefined ? [] : [contentItem.number(concepts.threshold, threshold, concepts.ratio)]),
    ...slices.map((slice) => ({
      ...contentItem.image(fitReference(slice)),
      ConceptNameCodeSequence: [codeItem(concepts.source)],
    })),
    ...slices.flatMap(sliceComment),
    contentItem.text(
      'CONTAINS',
      concepts.comment,
      [verdict, basis, origin.notice, 'For research only; not a diagnosis.'].filter(Boolean).join(' '),
    ),
  ]);
}

/** The algorithm that made the numbers (TID 4019). */
function algorithm({ modelName, softwareVersion }: Origin): Dataset[] {
  const text = (concept: Code, value: string) => contentItem.text('HAS CONCEPT MOD', concept, value);
  return [
    text(concepts.algorithmName, 'Ichor'),
    text(concepts.algorithmVersion, softwareVersion),
    text(concepts.algorithmManufacturer, 'Ichor'),
    text(concepts.algorithmParameters, modelName),
  ];
}

/** What is said of a slice: its number and its probability, where they are known, as a number inferred from the image. */
function sliceComment({ number, probability, ...slice }: Finding['slices'][number]): Dataset[] {
  if (number === undefined || probability === undefined) return [];
  return [
    {
      ...contentItem.number(concepts.sliceProbability, probability, concepts.ratio),
      ContentSequence: [
        { ...contentItem.image(fitReference(slice)), RelationshipType: 'INFERRED FROM' },
        contentItem.text('HAS PROPERTIES', concepts.comment, `slice ${number}`),
      ],
    },
  ];
}

/** Other labels than the six are coded privately by their name. */
function hemorrhageCode(label: string): Code {
  return (
    hemorrhageCodes[label] ?? { value: label.toUpperCase().slice(0, 16), scheme: '99ICHOR', meaning: label }
  );
}

/** Every object to which the report refers, by study and series (DICOM PS3.3 C.17.2.1). */
function evidence(study: SourceStudy): Dataset {
  return {
    StudyInstanceUID: study.studyInstanceUid,
    ReferencedSeriesSequence: [
      { SeriesInstanceUID: study.seriesInstanceUid, ReferencedSOPSequence: study.images.map(referenceItem) },
    ],
  };
}
