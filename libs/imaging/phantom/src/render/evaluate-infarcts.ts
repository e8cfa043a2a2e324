import type { Infarcts } from '../head/infarcts.js';
import type { NodeRow } from '../head/node-row.js';
import type { Fields } from './fields.js';

/** Old infarcts; comes before the ventricles and folds, which widen beside them. */
export function evaluateInfarcts(row: NodeRow, fields: Fields, infarcts: Infarcts | undefined): void {
  const { index: i, cavity, x, y, z, inner, loss } = row;
  loss.fill(0);
  if (infarcts === undefined) return;
  for (let n = 0; n < cavity.count; n++) {
    const j = cavity.columns[n]!;
    infarcts.measure(x[j]!, y[j]!, z[j]!);
    loss[j] = infarcts.loss;
    // A scar has no sharp border.
    fields.scar.set(i, j, Math.max(infarcts.scar, inner[j]!) / 3.5);
    fields.cyst.set(i, j, Math.max(infarcts.cyst, inner[j]!) / 2.4);
  }
}
