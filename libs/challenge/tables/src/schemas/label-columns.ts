import { LABELS, type Label } from '../labels.js';

type LabelColumns<P extends string, T> = { readonly [K in `${P}_${Label}`]: T };

/**
 * Six columns `<prefix>_<label>`, in the order of `LABELS`: the descriptions of a schema, or the values of a table.
 *
 * @param of makes a column; `index` is the place of the label in `LABELS`
 */
export function labelColumns<P extends string, T>(
  prefix: P,
  of: (label: Label, index: number) => T,
): LabelColumns<P, T> {
  // The compiler cannot see that these keys are all of the mapped type.
  return Object.fromEntries(
    LABELS.map((label, index) => [`${prefix}_${label}`, of(label, index)]),
  ) as LabelColumns<P, T>;
}
