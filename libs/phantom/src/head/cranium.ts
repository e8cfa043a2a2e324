import { cone, createCone, ellipsoid, join, meet, step } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Anatomy } from './anatomy.js';
import type { NodeRow } from './node-row.js';
import type { Vault } from './vault.js';

/** How a slice blurs what it cuts. */
export interface Blur {
  /** Resolution within the slice, mm. */
  readonly inPlane: number;
  /** Along the body axis, mm: a slice of some thickness through a sloping surface blurs it by its climb. */
  readonly climb: number;
}

/** So many widths of an edge outside the skin nothing shows. */
const OUTSIDE = 3;
/** So far inside the inner table neither skin nor bone shows, mm. */
const DEEP = 12;
/** Farthest from the inner table that anything in the cavity shows, mm. */
const CAVITY_EDGE = 5;

/** The ridges of bone that rise into the cavity, on the left side (mirrored). */
const petrous = createCone([15, -1, -36, 6], [58, 30, -31, 13]);
const sphenoidWing = createCone([15, -23, -14, 2.2], [54, -38, -8, 4.5]);
const canal = createCone([0, 24, -44, 17], [0, 32, -115, 11]);
const nose = createCone([0, -90, -34, 4], [0, -108, -58, 9]);

/** Skin and skull: three surfaces around the vault. */
export class Cranium {
  private readonly vault: Vault;
  private readonly skull: number;
  private readonly scalp: number;
  private readonly seed: Anatomy['seed'];

  constructor({ skull, scalp, seed }: Anatomy, vault: Vault) {
    this.vault = vault;
    this.skull = skull;
    this.scalp = scalp;
    this.seed = seed;
  }

  /** Finds the nodes of head and cavity. Deep in the cavity `outer` and `skin` are only said to be far. */
  measure(row: NodeRow, { inPlane, climb }: Blur): void {
    const { near, x, y, z, vault, edge, inner } = row;
    for (let n = 0; n < near.count; n++) {
      const j = near.columns[n]!;
      vault[j] = this.vault.distance(x[j]!, y[j]!, z[j]!);
      edge[j] = Math.sqrt(inPlane * inPlane + (climb * this.vault.steep) ** 2);
      if (vault[j]! < -DEEP - 2) {
        measureInner(row, j);
        if (inner[j]! < -DEEP) {
          row.outer[j] = row.skin[j] = inner[j]!;
          row.head.add(j);
          row.cavity.add(j);
          continue;
        }
      }
      this.measureSurfaces(row, j);
      if (row.skin[j]! > OUTSIDE * edge[j]!) continue;
      row.head.add(j);
      measureInner(row, j);
      if (inner[j]! <= CAVITY_EDGE) row.cavity.add(j);
    }
  }

  /** Skin and outer table. */
  private measureSurfaces(row: NodeRow, j: number): void {
    const [sx, sy, sz] = this.seed;
    const x = row.x[j]!;
    const y = row.y[j]!;
    const z = row.z[j]!;
    const vault = row.vault[j]!;
    // Thick at forehead and occiput near the midline, thin at the temples, uneven everywhere.
    const local = vault < -14 ? 0 : waves(sy + x * 0.11, sz + y * 0.11, sx + z * 0.11);
    const midline = Math.exp(-((x / 26) ** 2)) * Math.abs(y / (y < 0 ? 82 : 85));
    const temple = Math.exp(-(((z + 8) / 26) ** 2) - ((y + 12) / 30) ** 2);
    const bone = vault - (this.skull + 3.2 * midline - 1.8 * temple + 0.8 * local);
    const skin = bone - (this.scalp + 1.5 * step(0, -30, z) + 2.5 * temple);
    row.skin[j] = z < 10 ? withFace(x, y, z, skin) : skin;
    if (row.skin[j]! > OUTSIDE * row.edge[j]!) return;
    const outer = meet(bone, floorOfSkull(y) - 3 - z, 6);
    row.outer[j] = z < 20 ? withOuterBase(x, y, z, outer, local) : outer;
  }
}

/** Height of the floor of the skull, mm: above the orbits it slants down to the middle of the base. */
function floorOfSkull(y: number): number {
  return -30 + 17 * front(y);
}

/** 1 in the front of the head, 0 in the back. */
function front(y: number): number {
  return 1 - step(-38, -8, y);
}

/** The inner table: the vault, cut by the floor of the skull, with its fossae and the foramen magnum. */
function measureInner(row: NodeRow, j: number): void {
  const y = row.y[j]!;
  const z = row.z[j]!;
  let inner = meet(row.vault[j]!, floorOfSkull(y) - z, 8);
  if (z < 15) {
    const x = row.x[j]!;
    inner = withFossae(x, y, z, inner);
    if (inner < 8) inner = withRidges(x, y, z, inner);
  }
  row.inner[j] = inner;
}

function withFossae(x: number, y: number, z: number, inner: number): number {
  let distance = join(inner, posteriorFossa(x, y, z), 8);
  distance = join(distance, middleFossa(Math.abs(x), y, z), 6);
  return z < -20 ? join(distance, cone(x, y, z, canal), 8) : distance;
}

function withRidges(x: number, y: number, z: number, inner: number): number {
  const mx = Math.abs(x);
  let distance = meet(inner, -cone(mx, y, z, petrous), 4);
  distance = meet(distance, -cone(mx, y, z, sphenoidWing), 3);
  // Clivus and sphenoid body.
  return meet(distance, -ellipsoid(x, y + 12, z + 38, 15, 20, 17), 4);
}

/** The outer table below the vault; `local` is the unevenness of the bone. */
function withOuterBase(x: number, y: number, z: number, outer: number, local: number): number {
  const mx = Math.abs(x);
  let distance = join(outer, posteriorFossa(x, y, z) - 5.5 - local, 8);
  distance = join(distance, middleFossa(mx, y, z) - 3.2, 6);
  distance = join(distance, cone(mx, y, z, petrous) - 2, 5);
  distance = join(distance, ellipsoid(x, y + 12, z + 38, 16, 22, 18), 6);
  return z < -40 ? join(distance, cone(x, y, z, canal) - 6, 4) : distance;
}

function posteriorFossa(x: number, y: number, z: number): number {
  return z < 12 && y > -6 ? ellipsoid(x, y - 43, z + 29, 55, 43, 38) : 99;
}

function middleFossa(mx: number, y: number, z: number): number {
  return z < 15 && y < 30 ? ellipsoid(mx - 36, y + 13, z + 19, 25, 31, 24) : 99;
}

/** The skin below the vault: face, neck, nose and ears. */
function withFace(x: number, y: number, z: number, vault: number): number {
  const mx = Math.abs(x);
  const face = ellipsoid(x, y + 42, z + 58, 63, 52 + 3 * front(y), 66);
  const neck = z < 0 ? ellipsoid(x, y - 26, (z + 95) * 0.7, 62, 60, 55) : 99;
  let skin = join(join(meet(vault, -70 - z, 20), face, 14), neck, 22);
  if (y < -70 && mx < 30) skin = join(skin, cone(x, y, z, nose), 8);
  return mx > 55 ? join(skin, pinna(mx, y, z), 4) : skin;
}

function pinna(mx: number, y: number, z: number): number {
  return ellipsoid(mx - 79 - 0.35 * (y - 18), y - 18, z + 30, 3.2, 15, 27);
}
