import type { PlainRecord } from '@ichor/dicom';
import type { StudyPrediction } from '../study-predictor.js';
import { textOf } from './findings-of.js';

/** Identifying values that descriptions of series are known to repeat. */
const identifying = [
  'PatientName',
  'PatientID',
  'OtherPatientIDs',
  'AccessionNumber',
  'ReferringPhysicianName',
];

/** Four components and more: a UID, whatever it identifies; versions and dates have three. */
const uid = /(?<![\d.])\d+(?:\.\d+){3,}(?![\d.])/g;

/**
 * Removes identifying texts from a page: UIDs, names of files, and the header's values about the patient. Pages are
 * passed on.
 */
export function anonymizer({
  plan,
  values,
  unreadable,
}: Pick<StudyPrediction, 'plan' | 'values' | 'unreadable'>) {
  const known = new Set<string>();
  for (const { source, sopInstanceUid } of plan.slices) known.add(source.name).add(sopInstanceUid);
  for (const { name } of [...plan.leftOut, ...unreadable]) known.add(name);
  known.add(plan.studyInstanceUid).add(plan.seriesInstanceUid);
  const secrets = [...known].filter((text) => text.length >= 3).sort((a, b) => b.length - a.length);
  const words = wordsOf(values);
  return (text: string): string => {
    let safe = text;
    for (const secret of secrets) if (safe.includes(secret)) safe = safe.replaceAll(secret, '…');
    safe = safe.replace(uid, '…');
    return words ? safe.replace(words, '…') : safe;
  };
}

function wordsOf(values: PlainRecord): RegExp | undefined {
  const parts = identifying.flatMap((keyword) => (textOf(values, keyword) ?? '').split(/[\^=\s]+/));
  const words = [...new Set(parts)]
    .filter((part) => part.length >= 3)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return words.length === 0
    ? undefined
    : new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`, 'giu');
}
