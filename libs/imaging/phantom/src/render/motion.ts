import type { Acquisition } from '../acquisition/geometry.js';
import type { MotionPlan } from '../head/motion.js';
import type { Random } from '../random.js';
import { waves, WAVELENGTH } from '../spectral-noise.js';
import { AIR, NEARLY_AIR, OUTSIDE_CIRCLE } from './finish.js';

/** The positions in which the head was caught besides the first: share of the way, and of the weight. */
const STATIONS = [
  [0.35, 0.25],
  [0.7, 0.25],
  [1, 0.5],
] as const;

/**
 * Moves the head during some slices: what the scanner saw before and after is laid over each other (double edges, blur between
 * them), and rays that do not fit leave parallel streaks. The first position keeps most of the weight (0.55 to 0.8): area and
 * mask of bleeds stay those of it.
 */
export class Motion {
  private readonly plan: MotionPlan;
  private readonly acquisition: Acquisition;
  private readonly still: Float32Array;

  constructor(plan: MotionPlan, acquisition: Acquisition) {
    this.plan = plan;
    this.acquisition = acquisition;
    this.still = new Float32Array(acquisition.rows * acquisition.columns);
  }

  /** Changes the image of one slice, if the head moved in it. */
  apply(image: Float32Array, random: Random): void {
    const { share, strength } = this.plan;
    if (!random.chance(share)) return;
    const { spacing } = this.acquisition;
    const sign = random.pick([-1, 1]);
    this.superpose(image, {
      turn: sign * strength * random.between(0.01, 0.07),
      right: (strength * random.around(0, 1.6)) / spacing,
      down: (strength * random.around(0, 1.2)) / spacing,
      weight: random.between(0.2, 0.45),
    });
    this.addStreaks(image, strength * random.between(1.5, 7), random);
  }

  private superpose(
    image: Float32Array,
    { turn, right, down, weight }: { turn: number; right: number; down: number; weight: number },
  ): void {
    const { rows, columns, spacing } = this.acquisition;
    const { still } = this;
    // The occiput lies on the table: the head rolls about it.
    const [pivotX, pivotY] = [columns / 2, rows / 2 + 60 / spacing];
    for (let pixel = 0; pixel < still.length; pixel++) still[pixel] = Math.max(AIR, image[pixel]!);
    const stations = STATIONS.map(([way, part]) => ({
      cos: Math.cos(turn * way),
      sin: Math.sin(turn * way),
      dx: right * way,
      dy: down * way,
      part: part * weight,
    }));
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const pixel = row * columns + column;
        if (image[pixel] === OUTSIDE_CIRCLE) continue;
        let sum = (1 - weight) * still[pixel]!;
        for (const { cos, sin, dx, dy, part } of stations) {
          const x = column - dx - pivotX;
          const y = row - dy - pivotY;
          sum += part * this.sample(pivotX + cos * x + sin * y, pivotY + cos * y - sin * x);
        }
        image[pixel] = sum;
      }
    }
  }

  /** HU between pixels; air beyond the image. */
  private sample(x: number, y: number): number {
    const { rows, columns } = this.acquisition;
    const column = Math.floor(x);
    const row = Math.floor(y);
    if (column < 0 || row < 0 || column > columns - 2 || row > rows - 2) return AIR;
    const pixel = row * columns + column;
    const [tx, ty] = [x - column, y - row];
    const { still } = this;
    const above = still[pixel]! + tx * (still[pixel + 1]! - still[pixel]!);
    const below = still[pixel + columns]! + tx * (still[pixel + columns + 1]! - still[pixel + columns]!);
    return above + ty * (below - above);
  }

  /** Parallel bands of some HU, 2.5 to 8 mm wide, in tissue: here and there, as the edges that they come from. */
  private addStreaks(image: Float32Array, height: number, random: Random): void {
    const { rows, columns, spacing } = this.acquisition;
    const angle = random.between(0, Math.PI);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const perMm = WAVELENGTH / random.between(5, 16);
    const [phase, other, third] = [random.between(0, 64), random.between(0, 64), random.between(0, 64)];
    for (let row = 0; row < rows; row++) {
      const y = (row - rows / 2) * spacing;
      for (let column = 0; column < columns; column++) {
        const pixel = row * columns + column;
        if (image[pixel]! < NEARLY_AIR) continue;
        const x = (column - columns / 2) * spacing;
        const across = x * cos + y * sin;
        const along = y * cos - x * sin;
        const here = Math.max(0, 0.3 + waves(0.09 * across, other + 0.05 * along, third));
        const band = waves(phase + perMm * across, other + 0.03 * along, 0);
        image[pixel] = image[pixel]! + height * here * band;
      }
    }
  }
}
