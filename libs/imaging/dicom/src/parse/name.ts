import { keywordOf } from '../dictionary/dictionary.js';

/** `PatientID`, or `(0019,1002)` for tags without a keyword. */
export function nameOf(tag: string): string {
  return keywordOf(tag) ?? `(${tag.slice(1, 5)},${tag.slice(5)})`;
}
