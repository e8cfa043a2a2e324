/**
 * The value of a label in a CSV: 0 or 1, also as a number column (`1.0`) or a truth column (`True`, `FALSE`) of pandas
 * and spreadsheets writes it. Undefined for anything else: it is neither, and no guess is made.
 */
export function labelValue(text: string): 0 | 1 | undefined {
  // Nearly always one digit.
  if (text === '0') return 0;
  if (text === '1') return 1;
  if (/^[+]?0*1(\.0*)?(e[+-]?0+)?$|^true$/i.test(text)) return 1;
  if (/^[+-]?(0+(\.0*)?|\.0+)(e[+-]?\d+)?$|^false$/i.test(text)) return 0;
  return undefined;
}
