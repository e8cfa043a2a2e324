import type { BundleManifest } from '@ichor/bundle';
import type { PlainRecord } from '@ichor/dicom';
import { asUid, isUid, type Finding, type Origin, type Reference, type SourceStudy } from '@ichor/findings';
import type { StudyPrediction } from '../study-predictor.js';

/** The source study as derived objects need it; its UIDs are taken over, so that they lie beside it in an archive. */
export function sourceStudy({ plan, slices, values }: StudyPrediction): SourceStudy {
  const text = (keyword: string) => textOf(values, keyword);
  const optional = {
    patientId: text('PatientID'),
    patientName: text('PatientName'),
    patientBirthDate: text('PatientBirthDate'),
    patientSex: text('PatientSex'),
    studyDate: text('StudyDate'),
    studyTime: text('StudyTime'),
    // At least here the study goes by its own name; 16 characters are allowed.
    studyId:
      text('StudyID') ?? (isUid(plan.studyInstanceUid) ? undefined : plan.studyInstanceUid.slice(0, 16)),
    accessionNumber: text('AccessionNumber'),
    referringPhysicianName: text('ReferringPhysicianName'),
  };
  return {
    studyInstanceUid: asUid(plan.studyInstanceUid),
    seriesInstanceUid: asUid(plan.seriesInstanceUid),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    images: slices.map(({ slice }) => reference(slice)),
  };
}

export function textOf(values: PlainRecord, keyword: string): string | undefined {
  const value = values[keyword];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' || typeof first === 'number' ? String(first) : undefined;
}

export function reference({
  sopClassUid,
  sopInstanceUid,
  source,
}: StudyPrediction['slices'][number]['slice']): Reference {
  return { sopClassUid, sopInstanceUid: asUid(sopInstanceUid === '' ? source.name : sopInstanceUid) };
}

/** One finding a label, with the three slices in which it is most probable. */
export function findingsOf(prediction: StudyPrediction, { labels, thresholds }: BundleManifest): Finding[] {
  const { slices, raw, calibrated } = prediction;
  return labels.map((label, index) => {
    const threshold = thresholds[index]?.threshold;
    const best = [...slices].sort((a, b) => b.raw[index]! - a.raw[index]!).slice(0, 3);
    return {
      label,
      probability: calibrated[index]!,
      rawProbability: raw[index]!,
      ...(threshold === undefined ? {} : { threshold }),
      slices: best.map(({ slice }) => reference(slice)),
    };
  });
}

export function originOf(manifest: BundleManifest, hash: string, createdAt: Date): Origin {
  return { softwareVersion: manifest.software.ichor, modelName: `${manifest.name} ${hash}`, createdAt };
}
