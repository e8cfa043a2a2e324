import { patientPoint, type Acquisition } from '../acquisition/geometry.js';
import { BLEED_KINDS } from '../bleeds/bleed.js';
import type { Device } from '../head/device.js';
import type { Random } from '../random.js';
import { cone, createCone, type Cone } from '../shapes.js';
import { limitCover } from './cover.js';
import { MASK_BIT, type AreaByKind } from './rendered-slice.js';
import { addStreaks } from './streaks.js';

type Vector = readonly [number, number, number];

/** Most that a scanner writes in 12 bits, HU. */
const BRIGHTEST = 3071;
/** Weaker streaks would hide in the noise, HU. */
const LEAST = 3;
/** Where across its thickness a slice is sampled, shares of it. */
const LAYERS = [-0.4, -0.2, 0, 0.2, 0.4] as const;

/** A device in one slice: mm along the row, down the column, above the middle of the slice. */
interface Rod {
  readonly device: Device;
  readonly from: Vector;
  readonly to: Vector;
  readonly shape: Cone;
}

/** The blood that a slice shows so far: devices hide some of it. */
export interface Shown {
  /** Area of each kind, pixels. */
  readonly area: AreaByKind;
  readonly mask: Uint8Array;
}

/** Paints devices pixel by pixel, for they are thinner than the cells of the grid, and the streaks that metal makes. */
export class DevicePainter {
  private readonly devices: readonly Device[];
  private readonly acquisition: Acquisition;

  constructor(devices: readonly Device[], acquisition: Acquisition) {
    this.devices = devices;
    this.acquisition = acquisition;
  }

  /**
   * Paints into slice `index`, and takes the blood that is hidden off what it shows.
   *
   * @param stream names the stream of the streaks of each device
   */
  paint(image: Float32Array, index: number, shown: Shown, stream: (device: number) => Random): void {
    const { positions, thickness } = this.acquisition;
    const position = positions[index];
    if (position === undefined) throw new RangeError(`slice ${index} of ${positions.length}`);
    const rods = this.devices.map((device) => this.rod(device, position));
    const shares = rods.map((rod) => shareWithin(rod, thickness));
    for (const [i, rod] of rods.entries()) {
      const [from, to] = cutToSlice(rod, thickness);
      const strength = rod.device.streaks * (shares[i] ?? 0);
      if (strength >= LEAST) addStreaks(image, this.acquisition, { from, to, strength }, stream(i));
    }
    for (const [i, rod] of rods.entries()) {
      if ((shares[i] ?? 0) > 0) paintRod(image, this.acquisition, rod, shown);
    }
  }

  private rod(device: Device, position: Vector): Rod {
    const { tilt } = this.acquisition;
    const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
    const place = (point: Vector): Vector => {
      const [x, y, z] = patientPoint(this.acquisition, point);
      const [dx, dy, dz] = [x - position[0], y - position[1], z - position[2]];
      return [dx, dy * cos - dz * sin, dy * sin + dz * cos];
    };
    const [from, to] = [place(device.from), place(device.to)];
    return { device, from, to, shape: createCone([...from, device.radius], [...to, device.radius]) };
  }
}

/** The share of the thickness of the slice through which a rod passes. */
function shareWithin({ device, from, to }: Rod, thickness: number): number {
  const bottom = Math.max(Math.min(from[2], to[2]) - device.radius, -thickness / 2);
  const top = Math.min(Math.max(from[2], to[2]) + device.radius, thickness / 2);
  return Math.max(0, top - bottom) / thickness;
}

/** The ends of the piece of a rod that is in the slice. */
function cutToSlice({ device, from, to }: Rod, thickness: number): [Vector, Vector] {
  const climb = to[2] - from[2];
  const at = (height: number) => Math.min(1, Math.max(0, (height - from[2]) / climb));
  const reach = thickness / 2 + device.radius;
  const point = (t: number): Vector => [
    from[0] + t * (to[0] - from[0]),
    from[1] + t * (to[1] - from[1]),
    from[2] + t * climb,
  ];
  return Math.abs(climb) < 1e-6 ? [from, to] : [point(at(-reach)), point(at(reach))];
}

function paintRod(
  image: Float32Array,
  { rows, columns, spacing, thickness }: Acquisition,
  { device, from, to, shape }: Rod,
  { area, mask }: Shown,
): void {
  const { radius, density } = device;
  const edge = Math.max(0.9, 1.2 * spacing);
  // A rod thinner than the edge never fills a pixel.
  const most = Math.min(1, (2 * radius) / edge);
  const margin = radius + edge;
  const range = (axis: 0 | 1, count: number) =>
    [
      Math.max(0, Math.floor((Math.min(from[axis], to[axis]) - margin) / spacing)),
      Math.min(count - 1, Math.ceil((Math.max(from[axis], to[axis]) + margin) / spacing)),
    ] as const;
  const [left, right] = range(0, columns);
  const [top, bottom] = range(1, rows);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      let cover = 0;
      for (const layer of LAYERS) {
        const distance = cone(column * spacing, row * spacing, layer * thickness, shape);
        cover += limitCover(0.5 - distance / edge);
      }
      cover *= most / LAYERS.length;
      if (cover === 0) continue;
      const pixel = row * columns + column;
      if (device.onlyBrighter === true && density <= image[pixel]!) continue;
      const mixed = image[pixel]! + cover * (density - image[pixel]!);
      image[pixel] = Math.min(BRIGHTEST, mixed);
      for (const kind of BLEED_KINDS) {
        if ((mask[pixel]! & MASK_BIT[kind]) !== 0) area[kind] = Math.max(0, area[kind] - cover);
      }
      if (cover >= 0.5) mask[pixel] = 0;
    }
  }
}
