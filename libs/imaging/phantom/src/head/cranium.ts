import { cone, createCone, ellipsoid, join, meet, step } from '../shapes.js';
import type { Anatomy } from './anatomy.js';
import type { Craniotomy } from './craniotomy.js';
import type { NodeRow } from './node-row.js';
import { waveRow } from './row-waves.js';
import type { Scalp } from './scalp.js';
import type { Blur, Vault } from './vault.js';

/** Distance outside the skin beyond which nothing shows, in widths of an edge. */
const OUTSIDE = 3;
/** Depth inside the inner table beyond which neither skin nor bone shows, mm. */
const DEEP = 12;
/** Farthest from the inner table that anything in the cavity shows, mm. */
const CAVITY_EDGE = 5;

const UNEVENNESS = [0.11, 0.11, 0.11] as const;

/** The ridges of bone that rise into the cavity, on the left side (mirrored). */
const petrous = createCone([15, -1, -36, 6], [58, 30, -31, 13]);
const sphenoidWing = createCone([15, -23, -14, 2.2], [54, -38, -8, 4.5]);
const canal = createCone([0, 24, -44, 17], [0, 32, -115, 11]);
const nose = createCone([0, -90, -34, 4], [0, -108, -58, 9]);

/** What changes the average skin and skull. */
interface Wounds {
  readonly scalp?: Scalp | undefined;
  readonly craniotomy?: Craniotomy | undefined;
}

/** HU of what fills holes of the bone: dura, galea and scar. */
const SCAR = 38;

/** Skin and skull: three surfaces around the vault. */
export class Cranium {
  private readonly vault: Vault;
  private readonly skull: number;
  private readonly scalp: number;
  private readonly seed: Anatomy['seed'];
  private readonly wounds: Wounds;

  constructor({ skull, scalp, seed }: Anatomy, vault: Vault, wounds: Wounds = {}) {
    this.wounds = wounds;
    this.vault = vault;
    this.skull = skull;
    this.scalp = scalp;
    this.seed = seed;
  }

  /** Finds the nodes of head and cavity. Deep in the cavity `outer` and `skin` are only said to be far. */
  measure(row: NodeRow, blur: Blur): void {
    const { near, rim, vault, edge, inner, skin } = row;
    const [sx, sy, sz] = this.seed;
    this.vault.measure(row, blur);
    if (this.wounds.craniotomy !== undefined) liftFlap(row, this.wounds.craniotomy);
    for (let n = 0; n < near.count; n++) {
      if (vault[near.columns[n]!]! >= -DEEP - 2) rim.add(near.columns[n]!);
    }
    waveRow(row.uneven, row, rim, [sy, sz, sx], UNEVENNESS);
    for (let n = 0; n < near.count; n++) {
      const j = near.columns[n]!;
      if (vault[j]! < -DEEP - 2) {
        this.measureInner(row, j);
        if (inner[j]! < -DEEP) {
          row.outer[j] = skin[j] = inner[j]!;
          row.head.add(j);
          row.cavity.add(j);
          continue;
        }
      }
      this.measureSurfaces(row, j);
      if (skin[j]! > OUTSIDE * edge[j]!) continue;
      row.head.add(j);
      row.shell.add(j);
      this.measureInner(row, j);
      if (inner[j]! <= CAVITY_EDGE) row.cavity.add(j);
    }
  }

  /** Skin and outer table. */
  private measureSurfaces(row: NodeRow, j: number): void {
    const x = row.x[j]!;
    const y = row.y[j]!;
    const z = row.z[j]!;
    const vault = row.vault[j]!;
    const local = vault < -DEEP - 2 ? 0 : row.uneven[j]!;
    const bone = vault - thicknessOfBone(this.skull, x, y, z, local);
    row.skin[j] = bone - thicknessOfScalp(this.scalp, y, z);
    if (z < 10) addFace(row, j);
    const { scalp, craniotomy } = this.wounds;
    row.soaked[j] = 0;
    if (scalp !== undefined) swell(row, j, bone, scalp);
    if (row.skin[j]! > OUTSIDE * row.edge[j]!) return;
    row.outer[j] = meet(bone, floorOfSkull(y) - 3 - z, 6);
    if (z < 20) addOuterBase(row, j, local);
    if (craniotomy !== undefined) open(row, j, craniotomy);
  }

  /** The inner table: the vault, cut by the floor of the skull, with its fossae and the foramen magnum. */
  private measureInner(row: NodeRow, j: number): void {
    const z = row.z[j]!;
    const vault = row.vault[j]! + this.vault.hollow(row.x[j]!, row.y[j]!, z);
    row.inner[j] = meet(vault, floorOfSkull(row.y[j]!) - z, 8);
    if (z >= 15) return;
    addFossae(row, j);
    if (row.inner[j]! < 8) addRidges(row, j);
  }
}

/**
 * Thickness of the vault, mm: thick at forehead and occiput near the midline, thin at the temples, uneven everywhere.
 *
 * @param skull its mean
 * @param local unevenness, without unit
 */
export function thicknessOfBone(skull: number, x: number, y: number, z: number, local: number): number {
  const midline = Math.exp(-((x / 26) ** 2)) * Math.abs(y / (y < 0 ? 82 : 85));
  return skull + 3.2 * midline - 1.8 * temple(y, z) + 0.8 * local;
}

/** Thickness of skin, fat and muscle on the vault, mm; `scalp` is the mean. */
export function thicknessOfScalp(scalp: number, y: number, z: number): number {
  return scalp + 1.5 * step(0, -30, z) + 2.5 * temple(y, z);
}

function temple(y: number, z: number): number {
  return Math.exp(-(((z + 8) / 26) ** 2) - ((y + 12) / 30) ** 2);
}

/** A flap of bone and what it covers stand out or have sunk. */
function liftFlap({ near, x, y, z, vault }: NodeRow, craniotomy: Craniotomy): void {
  for (let n = 0; n < near.count; n++) {
    const j = near.columns[n]!;
    if (Math.abs(vault[j]!) > 20) continue;
    craniotomy.measure(x[j]!, y[j]!, z[j]!);
    vault[j] = vault[j]! - craniotomy.lift;
  }
}

/** Thickens the scalp by what gathers on the bone. */
function swell(row: NodeRow, j: number, bone: number, scalp: Scalp): void {
  scalp.measure(row.x[j]!, row.y[j]!, row.z[j]!);
  const { thickness, density } = scalp;
  if (thickness === 0) return;
  row.skin[j] = row.skin[j]! - thickness;
  row.soaked[j] = Math.min(1, thickness / 2) * step(thickness + 1.5, thickness - 1, bone);
  row.soakedDensity[j] = density;
}

/** Cuts holes into the bone; scar fills them. */
function open(row: NodeRow, j: number, craniotomy: Craniotomy): void {
  craniotomy.measure(row.x[j]!, row.y[j]!, row.z[j]!);
  const { hole } = craniotomy;
  if (hole > 3) return;
  const scar = step(1.5, -0.5, Math.max(hole, row.outer[j]!));
  row.outer[j] = meet(row.outer[j]!, -hole, 1);
  if (scar <= row.soaked[j]!) return;
  row.soaked[j] = scar;
  row.soakedDensity[j] = SCAR;
}

/** Height of the floor of the skull, mm: above the orbits it slants down to the middle of the base. */
function floorOfSkull(y: number): number {
  return -30 + 17 * front(y);
}

/** 1 in the front of the head, 0 in the back. */
function front(y: number): number {
  return 1 - step(-38, -8, y);
}

function addFossae(row: NodeRow, j: number): void {
  const x = row.x[j]!;
  const y = row.y[j]!;
  const z = row.z[j]!;
  const inner = join(join(row.inner[j]!, posteriorFossa(x, y, z), 8), middleFossa(Math.abs(x), y, z), 6);
  row.inner[j] = z < -20 ? join(inner, cone(x, y, z, canal), 8) : inner;
}

function addRidges(row: NodeRow, j: number): void {
  const x = row.x[j]!;
  const y = row.y[j]!;
  const z = row.z[j]!;
  const mx = Math.abs(x);
  let inner = meet(row.inner[j]!, -cone(mx, y, z, petrous), 4);
  inner = meet(inner, -cone(mx, y, z, sphenoidWing), 3);
  // Clivus and sphenoid body.
  row.inner[j] = meet(inner, -ellipsoid(x, y + 12, z + 38, 15, 20, 17), 4);
}

/** The outer table below the vault; `local` is the unevenness of the bone. */
function addOuterBase(row: NodeRow, j: number, local: number): void {
  const x = row.x[j]!;
  const y = row.y[j]!;
  const z = row.z[j]!;
  const mx = Math.abs(x);
  let outer = join(row.outer[j]!, posteriorFossa(x, y, z) - 5.5 - local, 8);
  outer = join(outer, middleFossa(mx, y, z) - 3.2, 6);
  outer = join(outer, cone(mx, y, z, petrous) - 2, 5);
  outer = join(outer, ellipsoid(x, y + 12, z + 38, 16, 22, 18), 6);
  row.outer[j] = z < -40 ? join(outer, cone(x, y, z, canal) - 6, 4) : outer;
}

function posteriorFossa(x: number, y: number, z: number): number {
  return z < 12 && y > -6 ? ellipsoid(x, y - 43, z + 29, 55, 43, 38) : 99;
}

function middleFossa(mx: number, y: number, z: number): number {
  return z < 15 && y < 30 ? ellipsoid(mx - 36, y + 13, z + 19, 25, 31, 24) : 99;
}

/** The skin below the vault: face, neck, nose and ears. */
function addFace(row: NodeRow, j: number): void {
  const x = row.x[j]!;
  const y = row.y[j]!;
  const z = row.z[j]!;
  const mx = Math.abs(x);
  const face = ellipsoid(x, y + 42, z + 58, 63, 52 + 3 * front(y), 66);
  const neck = z < 0 ? ellipsoid(x, y - 26, (z + 95) * 0.7, 62, 60, 55) : 99;
  let skin = join(join(meet(row.skin[j]!, -70 - z, 20), face, 14), neck, 22);
  if (y < -70 && mx < 30) skin = join(skin, cone(x, y, z, nose), 8);
  row.skin[j] = mx > 55 ? join(skin, pinna(mx, y, z), 4) : skin;
}

function pinna(mx: number, y: number, z: number): number {
  return ellipsoid(mx - 79 - 0.35 * (y - 18), y - 18, z + 30, 3.2, 15, 27);
}
