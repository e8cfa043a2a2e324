import { cone, createCone, step, type Cone } from '../shapes.js';
import type { CraniotomyPlan } from './operation.js';
import { surfacePoint, tangentialSquare, type SurfacePoint } from './surface-point.js';
import type { Vault } from './vault.js';

/** Distance to what is not near, mm. */
const ABSENT = 60;

/** A flap of bone, the cut around it, and what is under it: distances of the last measured point, mm. */
export class Craniotomy {
  readonly plan: CraniotomyPlan;
  readonly seat: SurfacePoint;
  /** To the middle of the cut, along the surface. */
  cut = ABSENT;
  /** To burr holes, and to the hole that a missing flap leaves. */
  hole = ABSENT;
  /** How far the flap stands out. */
  lift = 0;
  /** Depth from the inner table to which fluid fills the space under the flap; below 0 there is none. */
  fluid = -ABSENT;
  private readonly holes: readonly Cone[];
  private readonly vault: Vault;

  constructor(plan: CraniotomyPlan, vault: Vault) {
    this.plan = plan;
    this.vault = vault;
    this.seat = surfacePoint(vault, plan.azimuth, plan.elevation);
    this.holes = plan.burrHoles.map((angle) => {
      const { point, normal } = this.onSurface(angle, plan.radius);
      const [x, y, z] = point;
      // A drill goes straight through the bone.
      const end = [x + 20 * normal[0], y + 20 * normal[1], z + 20 * normal[2]] as const;
      return createCone(
        [x - 4 * normal[0], y - 4 * normal[1], z - 4 * normal[2], plan.burrHole],
        [...end, plan.burrHole],
      );
    });
  }

  measure(x: number, y: number, z: number): void {
    const { plan, seat } = this;
    this.cut = this.hole = ABSENT;
    this.lift = 0;
    this.fluid = -ABSENT;
    const [px, py, pz] = seat.normal;
    if (x * px + y * py + (z - 8) * pz < 0) return;
    const far = Math.sqrt(tangentialSquare(x, y, z, seat));
    if (far > plan.radius + 12) return;
    this.lift = plan.lift * step(plan.radius + 1.5, plan.radius - 1.5, far);
    if (plan.flap === 'missing') this.hole = far - plan.radius;
    else this.cut = far - plan.radius;
    for (const hole of this.holes) this.hole = Math.min(this.hole, cone(x, y, z, hole));
    if (plan.recent !== undefined) {
      this.fluid = plan.recent.thickness * (1 - (far / (plan.radius + 2)) ** 2);
    }
  }

  /** The point of the vault at an angle around the seat, `far` mm from its axis. */
  onSurface(angle: number, far: number): SurfacePoint {
    const { point, normal } = this.seat;
    const [nx, ny, nz] = normal;
    // Two directions along the surface: level, and up.
    const level = Math.hypot(nx, ny) || 1;
    const [ux, uy] = [-ny / level, nx / level];
    const [vx, vy, vz] = [-nz * uy, nz * ux, nx * uy - ny * ux];
    const cos = far * Math.cos(angle);
    const sin = far * Math.sin(angle);
    const x = point[0] + cos * ux + sin * vx;
    const y = point[1] + cos * uy + sin * vy;
    const z = point[2] - 8 + sin * vz;
    return surfacePoint(this.vault, Math.atan2(x, -y), Math.asin(z / Math.hypot(x, y, z)));
  }
}
