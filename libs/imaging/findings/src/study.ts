import type { Dataset } from './dataset.js';
import type { Reference } from './content-item.js';

/** What a derived object takes over from the study it belongs to; missing values become empty. */
export interface SourceStudy {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid?: string;
  readonly patientId?: string;
  readonly patientName?: string;
  /** YYYYMMDD */
  readonly patientBirthDate?: string;
  /** M, F or O */
  readonly patientSex?: string;
  /** YYYYMMDD */
  readonly studyDate?: string;
  /** HHMMSS */
  readonly studyTime?: string;
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
}

/** Date and time in the forms DA and TM, in UTC. */
export function dicomTime(moment: Date): { readonly date: string; readonly time: string } {
  const text = moment.toISOString();
  return { date: text.slice(0, 10).replaceAll('-', ''), time: text.slice(11, 19).replaceAll(':', '') };
}

/** Patient, study and equipment modules of a derived object. */
export function commonModules(study: SourceStudy, origin: Origin): Dataset {
  const { date, time } = dicomTime(origin.createdAt);
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
    PatientBirthDate: study.patientBirthDate ?? '',
    PatientSex: study.patientSex ?? '',
    StudyInstanceUID: study.studyInstanceUid,
    Manufacturer: 'Ichor',
    ManufacturerModelName: origin.modelName,
    DeviceSerialNumber: '1',
    SoftwareVersions: origin.softwareVersion,
    TimezoneOffsetFromUTC: '+0000',
  };
}
