import { headDirection, headPoint, type Acquisition } from '../acquisition/geometry.js';
import type { Bleed, Surroundings } from '../bleeds/bleed.js';
import { deepGray } from '../head/cisterns.js';
import type { Head } from '../head/head.js';
import { ellipsoid, step as smooth } from '../shapes.js';
import { WAVELENGTH, waves } from '../spectral-noise.js';
import { softTissue } from './soft-tissue.js';
import { clearFields, type Fields } from './fields.js';

/** Distance between neighbouring sulci is half of this, mm. */
const GYRAL_WAVELENGTH = 24;
const PER_MM = WAVELENGTH / GYRAL_WAVELENGTH;
/** Root mean square slope of the waves along one direction, per mm. */
const SLOPE = (2 * Math.PI) / GYRAL_WAVELENGTH;

export interface Scene {
  readonly head: Head;
  readonly bleeds: readonly Bleed[];
  readonly acquisition: Acquisition;
}

/** Fills the fields of slice `index`: every structure of the head at every node of the grid. */
export function evaluateSlice({ head, bleeds, acquisition }: Scene, index: number, fields: Fields): void {
  clearFields(fields);
  const { anatomy, cranium, face, ventricles, cisterns } = head;
  const { spacing, thickness, tilt, positions } = acquisition;
  const position = positions[index];
  if (position === undefined) throw new RangeError(`slice ${index} of ${positions.length}`);
  const { height, width, step } = fields.skin.grid;
  const start = headPoint(acquisition, position);
  const pitch = step * spacing;
  const right = headDirection(acquisition, [pitch, 0, 0]);
  const down = headDirection(acquisition, [0, pitch * Math.cos(tilt), -pitch * Math.sin(tilt)]);
  const inPlane = Math.max(0.9, 1.2 * spacing);
  const edge = Math.hypot(inPlane, 0.3 * thickness);
  const [sx, sy, sz] = anatomy.seed;
  const around: Surroundings = { depth: 0, vaultDepth: 0, ventricle: 60 };
  const wide = 0.35 + 1.15 * anatomy.atrophy;
  const gap = 0.6 + 1.6 * anatomy.atrophy;
  const pressures = bleeds.flatMap(({ pressure }) => (pressure === undefined ? [] : [pressure]));

  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const node = i * width + j;
      const x = start[0] + i * down[0] + j * right[0];
      const y = start[1] + i * down[1] + j * right[1];
      const z = start[2] + i * down[2] + j * right[2];
      // Nothing of the head is so far out; above the ears not even this far.
      if (Math.abs(x) > 95 || Math.abs(y + 5) > 125 || z > 100) continue;
      if (z > 4 && (x / 84) ** 2 + ((y - 1) / 104) ** 2 > 1.15) continue;
      const { inner, outer, skin, vault, steep } = cranium(x, y, z);
      // A slice of some thickness through a sloping surface blurs it by its climb.
      const climb = 0.85 * thickness * steep;
      const edgeHere = Math.sqrt(inPlane * inPlane + climb * climb);
      const skinU = skin / edgeHere;
      fields.skin.set(i, j, skinU);
      if (skinU > 3) continue;
      const outerU = outer / edgeHere;
      const innerU = inner / edgeHere;
      fields.outer.set(i, j, outerU);
      fields.inner.set(i, j, innerU);
      const mx = Math.abs(x);
      const coarse = waves(sx + 0.33 * x, sz + 0.33 * y, sy + 0.2 * z);

      if (inner > -4) {
        fields.soft.put(node, softTissue(x, y, z, skin, coarse, anatomy.scalp));
        const fine = waves(sy + x, sx + y, sz + 0.7 * z);
        fields.diploe.put(node, 560 + 110 * coarse + 130 * fine - (z < -10 ? 60 : 0));
        if (z < 8 && inner > -2) {
          const f = face(x, y, z);
          fields.faceBone.set(i, j, f.bone / edge);
          fields.orbit.set(i, j, f.orbit / edge);
          fields.globe.set(i, j, f.globe / edge);
          fields.lens.set(i, j, f.lens / edge);
          fields.nerve.set(i, j, f.nerve / edge);
          fields.air.set(i, j, f.air / inPlane);
        }
      }
      // Beam hardening: a bright rim under bone, a dark bar between the petrous ridges.
      const bar = z < 0 ? 7 * Math.exp(-(((z + 30) / 14) ** 2) - ((y - 16) / 16) ** 2 - (x / 45) ** 2) : 0;
      const rim = inner < 3 ? 5 * Math.exp(-Math.max(0, -inner) / 5) : 0;
      const streaks = bar > 0.1 ? 1 + 0.8 * waves(0.1 * x, sy + 0.7 * y, 3 * index) : 0;
      fields.bias.put(node, rim - bar * streaks);
      if (inner > 5) continue;

      const depth = -inner;
      let shift = 0;
      for (const pressure of pressures) {
        const far = ((y - pressure.y) / 55) ** 2 + ((z - pressure.z) / 45) ** 2;
        if (far < 6) shift += pressure.shift * Math.exp(-far);
      }
      const bx = x - shift * Math.max(0, 1 - (x / 66) ** 2);
      const ventricle = depth > 4 ? ventricles(bx, y, z) : 60;
      around.depth = depth;
      around.vaultDepth = -vault;
      around.ventricle = ventricle;
      let crowd = 60;
      let stain = 0;
      for (const bleed of bleeds) {
        const distance = bleed.distance(x, y, z, around);
        if (bleed.kind === 'subarachnoid') {
          stain = Math.max(stain, Math.min(1, Math.max(0, 0.5 - distance / 8)));
          continue;
        }
        if (distance > 40) continue;
        const field = fields.bleeds[bleed.kind];
        const u = distance / edge;
        if (u < field.values[node]!) field.set(i, j, u);
        if (bleed.kind !== 'intraventricular' && distance < crowd) crowd = distance;
        if (bleed.oedema > 0) {
          const wet = (distance - bleed.oedema) / 4;
          if (wet < fields.oedema.values[node]!) fields.oedema.set(i, j, wet);
        }
      }
      if (stain > 0) fields.stain.set(i, j, stain);

      // How far a sulcus reaches, how wide it is.
      const lobes = 0.5 + 0.5 * coarse;
      const cerebellar = z < -14 && y > 8 ? 1 : 0;
      const tent = tentoriumHeight(mx, y);
      const below = y > 14 && z < tent ? 1 : 0;
      const squeeze = crowd < 30 ? Math.exp(-Math.max(0, crowd) / 12) : 0;
      const gapHere = Math.max(0.2, gap * (1 - squeeze) + (stain > 0 ? 0.5 : 0));
      fields.brain.set(i, j, (inner + gapHere + 0.5 * lobes) / edge);
      fields.ventricle.set(i, j, ventricle / edge);
      const reach = 10 + 7 * lobes;
      // Deeper than any fold and its ribbon of gray matter nothing of them needs to be known.
      if (depth < reach + 10) {
        // Sheets that stand on the surface: the field changes slowly along the radius.
        const radial = Math.sqrt(x * x + y * y + (z - 5) * (z - 5)) + 1e-3;
        const stretch = 0.35 + 45 / radial;
        const bend = waves(sy + 0.2 * x, sz + 0.2 * y, sx + 0.2 * z);
        const wx = 2.2 * bend;
        const n = waves(
          sx + PER_MM * (x * stretch + 2 * wx),
          sy + PER_MM * (y * stretch - 2 * wx),
          sz + PER_MM * ((z - 5) * stretch + wx),
        );
        fields.sulcus.put(node, n / SLOPE / 1.1);
        const taper = Math.max(0, depth - reach * 0.35) / (reach * 0.65);
        // Folds gape and close along their course.
        const gape = 0.6 + 0.45 * lobes + 0.4 * bend;
        let half = wide * gape * (1 - taper * taper) + (stain > 0 ? 0.55 * stain : 0);
        half -= 1.6 * squeeze;
        if (below || cerebellar) half = Math.min(half, 0.5 * wide) - (n * n > 0.2 ? 0.3 : 0);
        if (taper >= 1) half = -(depth - reach) - 0.5;
        fields.sulcusHalf.put(node, half);
      }
      const ribbon = 3.2 + 0.6 * lobes;
      fields.white.set(i, j, below ? (ribbon * 2.2 - depth) / 4 : (gapHere + ribbon - depth) / 2.2);
      if (ventricle < 40 || mx < 45) {
        fields.deepGray.set(i, j, deepGray(bx, y, z) / 2.4);
      }
      const cistern = cisterns(bx, y, z);
      fields.cistern.set(i, j, Math.max(cistern + (stain > 0 ? -0.4 : 0) + 2 * squeeze, 0.4 - depth) / edge);

      // Between the hemispheres, above the corpus callosum and before the tentorium.
      if (mx < 24) {
        const wind = 1.3 * waves(sz + 0.05 * x, sx + 0.18 * y, sy + 0.12 * z);
        const callosum = ellipsoid(0, y - 2, z - 8, 12, 39, 26);
        const frontal = y < 0 && z > -14;
        const open = below || (z < -2 && !frontal) ? -60 : callosum;
        const fissure = x - wind - shift * 0.6;
        fields.fissure.put(node, fissure);
        fields.fissureHalf.put(node, Math.min(open * 0.5, 0.5 + 0.75 * wide + 0.25 * wind));
        const sharp = x - 0.35 * wind - shift * 0.3;
        const falx = Math.abs(sharp - fissure) < 4 ? Math.min((open - 5) * 0.3, 0.55) : -60;
        fields.falxHalf.put(node, falx);
      }
      if (z < 32 && z > -32 && y > 12) {
        fields.tentorium.put(node, (z - tent) * 0.8);
        fields.tentoriumHalf.put(node, Math.min(0.5 * (mx - 10 - 0.15 * (60 - y)), 0.8));
      }
      if (depth > 15 && (anatomy.calcifiedPineal || anatomy.calcifiedChoroid)) {
        const pineal = anatomy.calcifiedPineal ? ellipsoid(bx, y - 22, z - 1, 2, 2.4, 2.4) : 60;
        const choroid = anatomy.calcifiedChoroid ? ellipsoid(mx - 22, y - 33, z - 10, 2, 3.6, 3) : 60;
        fields.calcification.set(i, j, Math.min(pineal, choroid) / inPlane);
      }
    }
  }
}

/** Height of the tentorium over a point, mm: a tent whose ridge climbs to the front. */
function tentoriumHeight(mx: number, y: number): number {
  return 12 - 0.62 * mx - 0.22 * (y - 30) - smooth(40, 80, y) * 4;
}
