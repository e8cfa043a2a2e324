import type { Bleed, Surroundings } from '../bleeds/bleed.js';
import type { Head } from '../head/head.js';
import type { NodeRow } from '../head/node-row.js';
import type { Fields } from './fields.js';

/** Distance beyond which a bleed has no effect, mm. */
const REACH = 40;

/** Ventricles, bleeds, and what these do to the brain around them. */
export function evaluateBleeds(
  row: NodeRow,
  fields: Fields,
  head: Head,
  bleeds: readonly Bleed[],
  edge: number,
): void {
  const { index: i, cavity, x, y, z, inner, shift, restX, ventricle, stain, squeeze, loss } = row;
  shift.fill(0);
  stain.fill(0);
  squeeze.fill(0);
  for (const { pressure } of bleeds) if (pressure !== undefined) push(row, pressure);
  for (let n = 0; n < cavity.count; n++) {
    const j = cavity.columns[n]!;
    restX[j] = x[j]! - shift[j]! * Math.max(0, 1 - (x[j]! / 66) ** 2);
    ventricle[j] = inner[j]! < -4 ? head.ventricles.distance(restX[j]!, y[j]!, z[j]!) : 60;
    // A ventricle takes the room of lost tissue.
    ventricle[j] = ventricle[j]! - 6 * loss[j]!;
    fields.ventricle.set(i, j, ventricle[j]! / edge);
  }
  for (const bleed of bleeds) {
    if (bleed.kind === 'subarachnoid') evaluateStain(row, fields, bleed);
    else evaluateSolid(row, fields, bleed, bleed.kind, edge);
  }
  for (let n = 0; n < cavity.count; n++) {
    const j = cavity.columns[n]!;
    squeeze[j] = squeeze[j]! - loss[j]!;
  }
}

function push({ cavity, y, z, shift }: NodeRow, pressure: NonNullable<Bleed['pressure']>): void {
  for (let n = 0; n < cavity.count; n++) {
    const j = cavity.columns[n]!;
    const far = ((y[j]! - pressure.y) / 55) ** 2 + ((z[j]! - pressure.z) / 45) ** 2;
    if (far < 6) shift[j] = shift[j]! + pressure.shift * Math.exp(-far);
  }
}

const around: Surroundings = { depth: 0, vaultDepth: 0, ventricle: 0 };

function distanceTo(bleed: Bleed, row: NodeRow, j: number): number {
  around.depth = -row.inner[j]!;
  around.vaultDepth = -row.vault[j]!;
  around.ventricle = row.ventricle[j]!;
  return bleed.distance(row.x[j]!, row.y[j]!, row.z[j]!, around);
}

/** Blood that mixes with fluid. */
function evaluateStain(row: NodeRow, fields: Fields, bleed: Bleed): void {
  const { index, cavity, stain } = row;
  for (let n = 0; n < cavity.count; n++) {
    const j = cavity.columns[n]!;
    stain[j] = Math.min(1, Math.max(0, 0.5 - distanceTo(bleed, row, j) / 8));
    if (stain[j]! > 0) fields.stain.set(index, j, stain[j]!);
  }
}

/** Blood with a mass effect. */
function evaluateSolid(
  row: NodeRow,
  fields: Fields,
  bleed: Bleed,
  kind: keyof Fields['bleeds'],
  edge: number,
): void {
  const { index, cavity, squeeze } = row;
  const field = fields.bleeds[kind];
  const parts = fields.parts[kind];
  const { oedema } = fields;
  for (let n = 0; n < cavity.count; n++) {
    const j = cavity.columns[n]!;
    const distance = distanceTo(bleed, row, j);
    if (distance > REACH) continue;
    const node = index * row.x.length + j;
    if (distance / edge < field.values[node]!) field.set(index, j, distance / edge);
    if (bleed.part !== undefined) {
      const inside = bleed.part.distance(row.x[j]!, row.y[j]!, row.z[j]!);
      parts.set(index, j, Math.max(distance, inside) / edge);
    }
    if (kind !== 'intraventricular' && distance < 30) {
      squeeze[j] = Math.max(squeeze[j]!, Math.exp(-Math.max(0, distance) / 12));
    }
    const wet = bleed.oedema > 0 ? (distance - bleed.oedema) / 4 : Infinity;
    if (wet < oedema.values[node]!) oedema.set(index, j, wet);
  }
}
