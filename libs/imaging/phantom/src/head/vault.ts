import { step } from '../shapes.js';
import { waves } from '../spectral-noise.js';
import type { Anatomy } from './anatomy.js';
import type { NodeRow } from './node-row.js';
import { waveRow } from './row-waves.js';

/** How a slice blurs what it cuts. */
export interface Blur {
  /** Resolution within the slice, mm. */
  readonly inPlane: number;
  /** Resolution along the body axis, mm: a slice of some thickness through a sloping surface blurs it by its climb. */
  readonly climb: number;
}

/** Low-frequency dents keep the outline from being a mathematical curve. */
const DENTS = [0.06, 0.06, 0.06] as const;

/** Distance of the hollows in the inner table, as wave numbers per mm: some 15 mm from one to the next. */
const HOLLOWS = [0.36, 0.33, 0.36] as const;

/** The egg of the skull's vault: the inner table, going on below the base of the skull. */
export class Vault {
  /** Steepness at the last point: cosine between the normal and the body axis, 1 at the vertex, 0 at the sides. */
  private steep = 0;
  /** Growing width towards the back, per mm. */
  private readonly widening: number;
  private readonly skew: number;
  private readonly seed: Anatomy['seed'];
  private readonly impressions: number;

  constructor({ egg, skew, seed, variation }: Anatomy) {
    this.widening = egg;
    this.skew = skew;
    this.seed = seed;
    this.impressions = variation.impressions;
  }

  /** Distance and width of the edge at the nodes of a row. */
  measure(row: NodeRow, { inPlane, climb }: Blur): void {
    const { near, x, y, z, dent, vault, edge } = row;
    waveRow(dent, row, near, this.seed, DENTS);
    for (let n = 0; n < near.count; n++) {
      const j = near.columns[n]!;
      vault[j] = this.egg(x[j]!, y[j]!, z[j]!) + 1.1 * dent[j]!;
      edge[j] = Math.sqrt(inPlane * inPlane + (climb * this.steep) ** 2);
    }
  }

  /** Signed distance of the inner table from a point in head coordinates, mm. */
  distance(x: number, y: number, z: number): number {
    const [sx, sy, sz] = this.seed;
    const [kx, ky, kz] = DENTS;
    return this.egg(x, y, z) + 1.1 * waves(sx + kx * x, sy + ky * y, sz + kz * z) + this.hollow(x, y, z);
  }

  /** What the hollows of the inner table add to the distance, mm: towards the top of the head. The outer table has none. */
  hollow(x: number, y: number, z: number): number {
    if (this.impressions === 0 || z < 30) return 0;
    const [sx, sy, sz] = this.seed;
    const [kx, ky, kz] = HOLLOWS;
    return this.impressions * step(30, 50, z) * waves(sz + kx * x, sx + ky * y, sy + kz * z);
  }

  private egg(x: number, y: number, z: number): number {
    const ex = (x - this.skew * y) / (1 + this.widening * y);
    const a = 65;
    const b = y < 0 ? 82 : 85;
    const c = z < 0 ? 66 : 73;
    const px = ex / a;
    const py = y / b;
    const pz = z / c;
    // A slightly squared section, as heads have: |x|^2.25 cheaply, by blending 2 and 4.
    const q = px * px + py * py + pz * pz - 0.22 * (px * px * py * py);
    const k0 = Math.sqrt(q > 1e-6 ? q : 1e-6);
    const k1 = Math.sqrt((px / a) ** 2 + (py / b) ** 2 + (pz / c) ** 2) + 1e-6;
    this.steep = Math.min(1, Math.abs(pz / c) / k1);
    return (k0 * (k0 - 1)) / k1;
  }
}
