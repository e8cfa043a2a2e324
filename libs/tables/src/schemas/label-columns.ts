import type { ColumnSpec } from '../column.js';
import { LABELS, type Label } from '../labels.js';

type LabelColumns<P extends string, S extends ColumnSpec> = { readonly [K in `${P}_${Label}`]: S };

/** Six columns `<prefix>_<label>`, in the order of `LABELS`. */
export function labelColumns<P extends string, S extends ColumnSpec>(
  prefix: P,
  spec: (label: Label) => S,
): LabelColumns<P, S> {
  const [any, epidural, subdural, subarachnoid, intraventricular, intraparenchymal] = LABELS;
  const columns: { [K in `${string}_${Label}`]: S } = {
    [`${prefix}_${any}` as const]: spec(any),
    [`${prefix}_${epidural}` as const]: spec(epidural),
    [`${prefix}_${subdural}` as const]: spec(subdural),
    [`${prefix}_${subarachnoid}` as const]: spec(subarachnoid),
    [`${prefix}_${intraventricular}` as const]: spec(intraventricular),
    [`${prefix}_${intraparenchymal}` as const]: spec(intraparenchymal),
  };
  // The compiler cannot see that the six template keys above are the whole mapped type.
  return columns as LabelColumns<P, S>;
}
