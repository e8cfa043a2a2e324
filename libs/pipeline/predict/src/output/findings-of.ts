import { separationOf, separationWarning, type BundleManifest } from '@ichor/bundle';
import type { PlainRecord } from '@ichor/dicom';
import { present } from '@ichor/files';
import {
  isUid,
  uidFrom,
  type Conclusion,
  type Finding,
  type Origin,
  type Reference,
  type SourceStudy,
} from '@ichor/findings';
import type { StudySlice } from '@ichor/intake';
import { headlineOf } from './headline.js';
import type { StudyPrediction } from '../study-predictor.js';
import { studyScoreSentence } from './study-score-sentence.js';

/** The source study as derived objects need it; they use its UIDs, so that an archive stores them with it. */
export function sourceStudy(prediction: StudyPrediction): SourceStudy {
  const { plan, slices, values } = prediction;
  const text = (keyword: string) => textOf(values, keyword);
  const optional = {
    patientId: text('PatientID'),
    issuerOfPatientId: text('IssuerOfPatientID'),
    patientName: text('PatientName'),
    patientBirthDate: text('PatientBirthDate'),
    patientSex: text('PatientSex'),
    studyDate: text('StudyDate'),
    studyTime: text('StudyTime'),
    timezoneOffset: text('TimezoneOffsetFromUTC'),
    // The study ID keeps the study's own identifier; 16 characters are allowed.
    studyId:
      text('StudyID') ?? (isUid(plan.studyInstanceUid) ? undefined : plan.studyInstanceUid.slice(0, 16)),
    accessionNumber: text('AccessionNumber'),
    referringPhysicianName: text('ReferringPhysicianName'),
  };
  return {
    studyInstanceUid: studyUid(prediction),
    seriesInstanceUid: seriesUid(prediction),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    images: slices.map(({ slice }) => reference(prediction, slice)),
  };
}

export function textOf(values: PlainRecord, keyword: string): string | undefined {
  const value = values[keyword];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' || typeof first === 'number' ? String(first) : undefined;
}

/**
 * Where an identifier is not a UID, or missing, a UID is computed from it and from its study and patient: the
 * identifier `1` is common.
 */
function studyUid({ plan: { studyInstanceUid }, values }: Pick<StudyPrediction, 'plan' | 'values'>): string {
  if (isUid(studyInstanceUid)) return studyInstanceUid;
  const patient = ['PatientID', 'IssuerOfPatientID'].map((keyword) => textOf(values, keyword) ?? '');
  return uidFrom('study', ...patient, studyInstanceUid);
}

function seriesUid(prediction: Pick<StudyPrediction, 'plan' | 'values'>): string {
  const { seriesInstanceUid } = prediction.plan;
  return isUid(seriesInstanceUid)
    ? seriesInstanceUid
    : uidFrom('series', studyUid(prediction), seriesInstanceUid);
}

export function reference(
  prediction: Pick<StudyPrediction, 'plan' | 'values'>,
  { sopClassUid, sopInstanceUid, source }: StudySlice,
): Reference {
  const uid = isUid(sopInstanceUid)
    ? sopInstanceUid
    : uidFrom(
        'slice',
        studyUid(prediction),
        seriesUid(prediction),
        sopInstanceUid === '' ? source.name : sopInstanceUid,
      );
  return { sopClassUid, sopInstanceUid: uid };
}

/** One finding a label that the bundle separates, with the three slices in which it is most probable. */
export function findingsOf(prediction: StudyPrediction, manifest: BundleManifest): Finding[] {
  const { labels, thresholds } = manifest;
  const { slices, raw, calibrated } = prediction;
  const separation = separationOf(manifest);
  return labels.flatMap((label, index): Finding[] => {
    if (!present(separation[index]).separates) return [];
    const threshold = thresholds[index]?.threshold;
    const best = [...slices.entries()]
      .sort(([, a], [, b]) => present(b.raw[index]) - present(a.raw[index]))
      .slice(0, 3);
    return [
      {
        label,
        probability: present(calibrated[index]),
        rawProbability: present(raw[index]),
        basis: studyScoreSentence(manifest),
        ...(threshold === undefined ? {} : { threshold }),
        slices: best.map(([at, slice]) => ({
          ...reference(prediction, slice.slice),
          number: at + 1,
          probability: present(slice.calibrated[index]),
        })),
      },
    ];
  });
}

/** The headline, and the reasons why the numbers are no findings. */
export function conclusionOf(prediction: StudyPrediction, manifest: BundleManifest): Conclusion {
  const alarm = separationWarning(manifest);
  return {
    headline: headlineOf(prediction, manifest).text,
    ...(alarm === undefined ? {} : { alarm }),
  };
}

export function originOf(manifest: BundleManifest, hash: string, createdAt: Date): Origin {
  const { name, notice, software } = manifest;
  return {
    softwareVersion: software.ichor,
    modelName: `${name} ${hash}`,
    createdAt,
    ...(notice === undefined ? {} : { notice }),
  };
}
