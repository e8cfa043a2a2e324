import type { StudyPlan } from '@ichor/intake';

/** Components of digits without leading zeros, at most 64 characters (DICOM PS3.5, 9.1). */
const UID = /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/;
const isUid = (text: string) => text.length <= 64 && UID.test(text);

/**
 * Research data are often anonymized with identifiers that are no UIDs, such as `ID_0a1b2c3d4`. What Ichor writes
 * about a study must point to it, so it keeps them, and says so.
 */
export function identifierWarning({ studyInstanceUid, seriesInstanceUid, slices }: StudyPlan): string[] {
  const all = [studyInstanceUid, seriesInstanceUid, ...slices.map(({ sopInstanceUid }) => sopInstanceUid)];
  if (all.every(isUid)) return [];
  return [
    'its identifiers are no DICOM UIDs (digits and dots); the structured report and the key image refer to them as they are, which strict software may refuse',
  ];
}
