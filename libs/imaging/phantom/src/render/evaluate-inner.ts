import type { Anatomy } from '../head/anatomy.js';
import { deepGray } from '../head/cisterns.js';
import type { Head } from '../head/head.js';
import type { NodeRow } from '../head/node-row.js';
import { tentoriumHeight } from '../head/tentorium.js';
import { ellipsoid } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Edges } from './evaluate-shell.js';
import type { Fields } from './fields.js';

/** Cisterns, deep gray matter, calcifications. */
export function evaluateCisterns(row: NodeRow, fields: Fields, head: Head, { inPlane, edge }: Edges): void {
  const { index: i, cavity, restX, x, y, z, inner, ventricle, squeeze, stain } = row;
  const { calcifiedPineal, calcifiedChoroid, variation } = head.anatomy;
  const size = variation.calcification;
  for (let n = 0; n < cavity.count; n++) {
    const j = cavity.columns[n]!;
    const mx = Math.abs(x[j]!);
    if (ventricle[j]! < 40 || mx < 45) {
      fields.deepGray.set(i, j, deepGray(restX[j]!, y[j]!, z[j]!) / 2.4);
    }
    const cistern = head.cisterns.distance(restX[j]!, y[j]!, z[j]!) + (stain[j]! > 0 ? -0.4 : 0);
    fields.cistern.set(i, j, Math.max(cistern + 2 * squeeze[j]!, 0.4 + inner[j]!) / edge);
    if (inner[j]! < -15 && (calcifiedPineal || calcifiedChoroid)) {
      const pineal = calcifiedPineal
        ? ellipsoid(restX[j]!, y[j]! - 22, z[j]! - 1, 2 * size, 2.4 * size, 2.4 * size)
        : 60;
      const choroid = calcifiedChoroid
        ? ellipsoid(mx - 22, y[j]! - 33, z[j]! - 10, 2 * size, 3.6 * size, 3 * size)
        : 60;
      fields.calcification.set(i, j, Math.min(pineal, choroid) / inPlane);
    }
  }
}

/** The sheets between hemispheres and cerebellum. */
export function evaluateMidline(row: NodeRow, fields: Fields, { seed, atrophy, variation }: Anatomy): void {
  const { index, cavity, x, y, z } = row;
  const [sx, sy, sz] = seed;
  const wide = 0.35 + 1.15 * atrophy;
  for (let n = 0; n < cavity.count; n++) {
    const j = cavity.columns[n]!;
    const node = index * x.length + j;
    const mx = Math.abs(x[j]!);
    const tent = tentoriumHeight(mx, y[j]!);
    if (mx < 24) {
      // Between the hemispheres, above the corpus callosum and before the tentorium.
      const wind = 1.3 * waves(sz + 0.05 * x[j]!, sx + 0.18 * y[j]!, sy + 0.12 * z[j]!);
      const callosum = ellipsoid(0, y[j]! - 2, z[j]! - 8, 12, 39, 26);
      const frontal = y[j]! < 0 && z[j]! > -14;
      const below = y[j]! > 14 && z[j]! < tent;
      const open = below || (z[j]! < -2 && !frontal) ? -60 : callosum;
      const fissure = x[j]! - wind - row.shift[j]! * 0.6;
      fields.fissure.put(node, fissure);
      fields.fissureHalf.put(node, Math.min(open * 0.5, 0.5 + 0.75 * wide + 0.25 * wind));
      const sharp = x[j]! - 0.35 * wind - row.shift[j]! * 0.3;
      const falx = Math.abs(sharp - fissure) < 4 ? Math.min((open - 5) * 0.3, 0.55) : -60;
      fields.falxHalf.put(node, falx);
    }
    if (variation.dense !== undefined && row.inner[j]! > -14) {
      fields.sinus.put(node, sinusDistance(mx, y[j]!, z[j]!, row.inner[j]!, tent));
    }
    if (z[j]! < 32 && z[j]! > -32 && y[j]! > 12) {
      fields.tentorium.put(node, (z[j]! - tent) * 0.8);
      fields.tentoriumHalf.put(node, Math.min(0.5 * (mx - 10 - 0.15 * (60 - y[j]!)), 0.8));
    }
  }
}

/**
 * Distance to the venous sinuses under the vault, widths of an edge: the sagittal one along the midline, the transverse ones
 * along the tentorium.
 */
function sinusDistance(mx: number, y: number, z: number, inner: number, tent: number): number {
  const deep = -inner;
  const behind = y > -20 || z > 45;
  const sagittal = behind && z > -8 ? Math.max(mx - 4.5 + 0.55 * deep, deep - 8) : 60;
  const transverse = y > 22 && mx < 60 ? Math.max(Math.abs(z - tent + 2) - 5.5, deep - 6) : 60;
  return Math.min(sagittal, transverse) / 1.6;
}
