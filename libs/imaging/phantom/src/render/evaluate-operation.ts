import type { Craniotomy } from '../head/craniotomy.js';
import type { NodeRow } from '../head/node-row.js';
import type { Fields } from './fields.js';

/** The cut around a flap of bone. */
export function evaluateCut(row: NodeRow, fields: Fields, craniotomy: Craniotomy): void {
  const { index, shell, x, y, z, outer, inner } = row;
  for (let n = 0; n < shell.count; n++) {
    const j = shell.columns[n]!;
    if (inner[j]! < -4 || outer[j]! > 4) continue;
    craniotomy.measure(x[j]!, y[j]!, z[j]!);
    const node = index * x.length + j;
    fields.cut.put(node, craniotomy.cut);
    // It ends where the bone does.
    fields.cutHalf.put(node, Math.min(craniotomy.plan.kerf / 2, -outer[j]!));
  }
}

/**
 * Fluid under a flap of bone, and air that rises in it. None where the fluid of the brain is bloody: what covered that blood
 * would have to be taken off its area.
 *
 * @param up unit vector against gravity, head coordinates
 */
export function evaluateEffusion(
  row: NodeRow,
  fields: Fields,
  craniotomy: Craniotomy,
  up: readonly [number, number, number],
): void {
  const { index: i, cavity, x, y, z, inner, stain } = row;
  const { plan, seat } = craniotomy;
  if (plan.recent === undefined) return;
  const [sx, sy, sz] = seat.point;
  const level = plan.radius * (1 - 2 * plan.recent.air);
  for (let n = 0; n < cavity.count; n++) {
    const j = cavity.columns[n]!;
    if (inner[j]! < -20) continue;
    craniotomy.measure(x[j]!, y[j]!, z[j]!);
    const distance = Math.max(-inner[j]! - craniotomy.fluid, 40 * stain[j]! - 1.5);
    const height = (x[j]! - sx) * up[0] + (y[j]! - sy) * up[1] + (z[j]! - sz) * up[2];
    fields.effusion.set(i, j, distance / 1.6);
    fields.pneumocephalus.set(i, j, Math.max(distance + 0.4, level - height) / 1.2);
  }
}
