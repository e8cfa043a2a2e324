import { isUid } from '@ichor/findings';
import type { StudyPlan } from '@ichor/intake';

/**
 * Research data are often anonymized with identifiers that are not UIDs, such as `ID_0a1b2c3d4`. DICOM objects must not
 * hold them, so those about a study point to UIDs made from them; tables and JSON hold them as they are.
 */
export function identifierWarning({ studyInstanceUid, seriesInstanceUid, slices }: StudyPlan): string[] {
  const all = [studyInstanceUid, seriesInstanceUid, ...slices.map(({ sopInstanceUid }) => sopInstanceUid)];
  if (all.every(isUid)) return [];
  return [
    'its identifiers are no DICOM UIDs (digits and dots): the structured report and the key image hold UIDs made from them, which an archive will not match to the files',
  ];
}
