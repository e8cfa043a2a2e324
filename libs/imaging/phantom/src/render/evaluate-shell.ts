import type { Anatomy } from '../head/anatomy.js';
import type { Head } from '../head/head.js';
import type { NodeRow } from '../head/node-row.js';
import { waveRow } from '../head/row-waves.js';
import type { Variation } from '../head/variation.js';
import { step } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Fields } from './fields.js';
import { softTissue } from './soft-tissue.js';

/** Widths of the edges of vertical surfaces and of surfaces that the slice thickness also blurs, mm. */
export interface Edges {
  readonly inPlane: number;
  readonly edge: number;
}

/** Skin, skull and face. */
export function evaluateShell(row: NodeRow, fields: Fields, head: Head, edges: Edges): void {
  const { index: i, near, head: nodes, shell, z, inner } = row;
  const [sx, sy, sz] = head.anatomy.seed;
  for (let n = 0; n < near.count; n++) {
    const j = near.columns[n]!;
    fields.skin.set(i, j, row.skin[j]! / row.edge[j]!);
  }
  waveRow(row.coarse, row, nodes, [sx, sz, sy], [0.33, 0.33, 0.2]);
  waveRow(row.fine, row, shell, [sy, sx, sz], [1, 1, 0.7]);
  for (let n = 0; n < nodes.count; n++) {
    const j = nodes.columns[n]!;
    fields.outer.set(i, j, row.outer[j]! / row.edge[j]!);
    fields.inner.set(i, j, inner[j]! / row.edge[j]!);
  }
  for (let n = 0; n < shell.count; n++) {
    const j = shell.columns[n]!;
    if (inner[j]! <= -4) continue;
    evaluateTissue(row, j, fields, head.anatomy.scalp);
    if (z[j]! < 8 && inner[j]! > -2) evaluateFace(row, j, fields, head, edges);
  }
}

function evaluateTissue(row: NodeRow, j: number, fields: Fields, scalp: number): void {
  const node = row.index * row.x.length + j;
  const z = row.z[j]!;
  const coarse = row.coarse[j]!;
  const soft = softTissue(row.x[j]!, row.y[j]!, z, row.skin[j]!, coarse, scalp);
  fields.soft.put(node, soft + row.soaked[j]! * (row.soakedDensity[j]! - soft));
  fields.diploe.put(node, 560 + 110 * coarse + 130 * row.fine[j]! - (z < -10 ? 60 : 0));
}

function evaluateFace(row: NodeRow, j: number, fields: Fields, { face }: Head, edges: Edges): void {
  const i = row.index;
  face.measure(row.x[j]!, row.y[j]!, row.z[j]!);
  fields.faceBone.set(i, j, face.bone / edges.edge);
  fields.orbit.set(i, j, face.orbit / edges.edge);
  fields.globe.set(i, j, face.globe / edges.edge);
  fields.lens.set(i, j, face.lens / edges.edge);
  fields.nerve.set(i, j, face.nerve / edges.edge);
  fields.air.set(i, j, face.air / edges.inPlane);
}

/** Beam hardening: a bright rim under bone, dark bars between the petrous ridges. */
export function evaluateBias(
  row: NodeRow,
  fields: Fields,
  { seed, variation }: Anatomy,
  slice: number,
): void {
  const { rim: rims, bars, underBone } = variation;
  const { index, head: nodes, x, y, z, inner } = row;
  for (let n = 0; n < nodes.count; n++) {
    const j = nodes.columns[n]!;
    const bar = z[j]! < 0 ? 7 * bars * petrousBar(x[j]!, y[j]!, z[j]!) : 0;
    const rim = inner[j]! < 3 ? 5 * rims * Math.exp(-Math.max(0, -inner[j]!) / 5) : 0;
    const streaks = bar > 0.1 ? 1 + 0.8 * waves(0.1 * x[j]!, seed[1] + 0.7 * y[j]!, 3 * slice) : 0;
    const base = underBone > 0 ? underBone * lentByBone(z[j]!, inner[j]!) : 0;
    const top = z[j]! > 35 ? vertex(x[j]!, z[j]!, inner[j]!, variation) : 0;
    fields.bias.put(index * x.length + j, rim - bar * streaks + base + top);
  }
}

function petrousBar(x: number, y: number, z: number): number {
  return Math.exp(-(((z + 30) / 14) ** 2) - ((y - 16) / 16) ** 2 - (x / 45) ** 2);
}

/** What is added to the brain at the top of the head: by all bone around it, by the sloping bone next to it, along the midline. */
function vertex(
  x: number,
  z: number,
  inner: number,
  { cupping, underVertex, lengthwise }: Variation,
): number {
  const bone = inner < 2 ? Math.exp(-Math.max(0, -inner) / 5) : 0;
  return step(35, 62, z) * (cupping + underVertex * bone + lengthwise * Math.exp(-((x / 4) ** 2)));
}

/** The fraction of a slice that bone of the base above or below takes: most near the floor. */
function lentByBone(z: number, inner: number): number {
  return inner < 2 && z < 5 ? Math.exp(-Math.max(0, -inner) / 4) * Math.min(1, (5 - z) / 20) : 0;
}
