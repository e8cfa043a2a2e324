import type { Reference } from './content-item.js';
import type { Dataset } from './dataset.js';
import { fitValue, type FittedVr } from './fit-value.js';
import { asUid, isUid, uidFrom } from './uid.js';
import { dicomTime, isTimezoneOffset } from './dicom-time.js';

/** The values that a derived object copies from its study; missing values become empty. */
export interface SourceStudy {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly patientId?: string;
  /** Who gave the PatientID; archives match by both. */
  readonly issuerOfPatientId?: string;
  readonly patientName?: string;
  /** YYYYMMDD */
  readonly patientBirthDate?: string;
  /** M, F or O */
  readonly patientSex?: string;
  /** YYYYMMDD */
  readonly studyDate?: string;
  /** HHMMSS */
  readonly studyTime?: string;
  /** `+0900`: the zone of all dates and times of the study, and so of the derived object (PS3.3 C.12.1.1.8). */
  readonly timezoneOffset?: string;
  readonly studyId?: string;
  readonly accessionNumber?: string;
  readonly referringPhysicianName?: string;
  /** The slices that were read, in order. */
  readonly images: readonly Reference[];
}

/** Who made the object and when. */
export interface Origin {
  readonly softwareVersion: string;
  /** Identifies the bundle of networks, so that two bundles give two series. */
  readonly modelName: string;
  readonly createdAt: Date;
  /** A notice for every number, e.g. that the networks were trained on synthetic heads only. */
  readonly notice?: string;
}

/** The values that are copied, with the keyword and the representation of their attribute. */
const copied = {
  patientId: ['PatientID', 'LO'],
  issuerOfPatientId: ['IssuerOfPatientID', 'LO'],
  patientName: ['PatientName', 'PN'],
  patientBirthDate: ['PatientBirthDate', 'DA'],
  patientSex: ['PatientSex', 'CS'],
  studyDate: ['StudyDate', 'DA'],
  studyTime: ['StudyTime', 'TM'],
  studyId: ['StudyID', 'SH'],
  accessionNumber: ['AccessionNumber', 'SH'],
  referringPhysicianName: ['ReferringPhysicianName', 'PN'],
} as const satisfies Partial<Record<keyof SourceStudy, readonly [keyword: string, vr: FittedVr]>>;

const ctImage = '1.2.840.10008.5.1.4.1.1.2';

/**
 * The study with values that may be written, and what had to be cut, changed or left empty. Only the attributes are
 * named: their values are those of a patient.
 */
export function fitSource(study: SourceStudy): {
  readonly study: SourceStudy;
  readonly warnings: readonly string[];
} {
  const warnings: string[] = [];
  const fitted: Record<string, string> = {};
  for (const [key, [keyword, vr]] of Object.entries(copied) as [
    keyof typeof copied,
    readonly [string, FittedVr],
  ][]) {
    const given = study[key];
    if (given === undefined) continue;
    const allowed = key !== 'patientSex' || ['M', 'F', 'O', ''].includes(given.trim().toUpperCase());
    const { value, lost } = allowed ? fitValue(vr, given) : { value: '', lost: true };
    if (value !== '') fitted[key] = value;
    if (lost) {
      const what = value === '' ? 'left empty' : 'shortened or changed';
      warnings.push(
        `${keyword} is not what ${vr} allows: ${what} in the structured report and the key image`,
      );
    }
  }
  const { timezoneOffset } = study;
  if (timezoneOffset !== undefined && isTimezoneOffset(timezoneOffset.trim())) {
    fitted['timezoneOffset'] = timezoneOffset.trim();
  } else if (timezoneOffset !== undefined) {
    warnings.push(
      'TimezoneOffsetFromUTC is not an offset such as +0100: left out of the structured report and the key image',
    );
  }
  const badClasses = study.images.filter(({ sopClassUid }) => !isUid(sopClassUid)).length;
  if (badClasses > 0) {
    warnings.push(
      `SOPClassUID of ${badClasses} ${badClasses === 1 ? 'slice' : 'slices'} is not a UID: the structured report and the key image say CT Image Storage`,
    );
  }
  return {
    study: {
      studyInstanceUid: asUid(study.studyInstanceUid),
      seriesInstanceUid: asUid(study.seriesInstanceUid),
      ...fitted,
      images: study.images.map(fitReference),
    },
    warnings,
  };
}

/** UIDs that may be written; the slice was read as CT, whatever its class says. */
export function fitReference({ sopClassUid, sopInstanceUid }: Reference): Reference {
  return { sopClassUid: isUid(sopClassUid) ? sopClassUid : ctImage, sopInstanceUid: asUid(sopInstanceUid) };
}

/** Patient, study and equipment modules of a derived object. */
export function commonModules(study: SourceStudy, origin: Origin): Dataset {
  const { date, time } = dicomTime(origin.createdAt, study.timezoneOffset);
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    StudyDate: study.studyDate ?? '',
    StudyTime: study.studyTime ?? '',
    StudyID: study.studyId ?? '',
    AccessionNumber: study.accessionNumber ?? '',
    ReferringPhysicianName: study.referringPhysicianName ?? '',
    PatientName: study.patientName ?? '',
    PatientID: study.patientId ?? '',
    ...(study.issuerOfPatientId === undefined ? {} : { IssuerOfPatientID: study.issuerOfPatientId }),
    PatientBirthDate: study.patientBirthDate ?? '',
    PatientSex: study.patientSex ?? '',
    StudyInstanceUID: study.studyInstanceUid,
    Manufacturer: 'Ichor',
    ManufacturerModelName: fitValue('LO', origin.modelName).value,
    DeviceSerialNumber: '1',
    SoftwareVersions: fitValue('LO', origin.softwareVersion).value,
    ...(study.timezoneOffset === undefined ? {} : { TimezoneOffsetFromUTC: study.timezoneOffset }),
  };
}

/** A series of derived objects: of one source, patient and all, and of one bundle. */
export function derivedSeriesUid(kind: string, study: SourceStudy, origin: Origin): string {
  return uidFrom(kind, JSON.stringify(study), origin.modelName);
}

/**
 * A derived object. Its UID is a hash of everything that distinguishes it: patient, source slices, bundle, time and
 * content. UIDs of series alone are not enough, because in archives they may be missing, repeated or invented.
 */
export function derivedInstanceUid(
  kind: string,
  study: SourceStudy,
  origin: Origin,
  ...content: readonly string[]
): string {
  return uidFrom(kind, JSON.stringify(study), JSON.stringify(origin), ...content);
}
