/**
 * The value of a label in a CSV: 0 or 1. The forms of number columns (`1.0`) and boolean columns (`True`, `FALSE`) of
 * pandas and spreadsheets are accepted too. The result is undefined for any other text; no guess is made.
 */
export function labelValue(text: string): 0 | 1 | undefined {
  // Nearly always one digit.
  if (text === '0') return 0;
  if (text === '1') return 1;
  if (/^[+]?0*1(\.0*)?(e[+-]?0+)?$|^true$/i.test(text)) return 1;
  if (/^[+-]?(0+(\.0*)?|\.0+)(e[+-]?\d+)?$|^false$/i.test(text)) return 0;
  return undefined;
}
