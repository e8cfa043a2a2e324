import { compose, undoResize, undoRotation, type Affine, type Geometry } from './geometry.js';

/** A range of columns, `to` excluded. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Where each pixel of the result looks, and what to do at the rims.
 *
 * Three zones of a row, from the middle outwards: `inside`, where all four neighbours lie in the crop; `touched`,
 * where the picture's edge is repeated or fades into the border over one pixel, as OpenCV's `resize` and
 * `warpAffine` with a constant border do; and beyond it the border alone.
 */
export class LookUp {
  readonly toPixel: Affine;
  readonly #geometry: Geometry;
  readonly #toResized: Affine;
  readonly #toSource: Affine;

  constructor(geometry: Geometry) {
    this.#geometry = geometry;
    this.#toResized = undoRotation(geometry);
    this.#toSource = undoResize(geometry);
    this.toPixel = compose(this.#toSource, this.#toResized);
  }

  inside(y: number): Span {
    const { crop, rows, columns } = this.#geometry;
    // Larger than the rounding of single-precision positions, so that none leads outside.
    const margin = 1e-3;
    return this.#intersect(
      y,
      [
        [this.#toResized, 0, columns - 1, 0, rows - 1],
        [
          this.toPixel,
          crop.left,
          crop.left + crop.columns - 1 - margin,
          crop.top,
          crop.top + crop.rows - 1 - margin,
        ],
      ],
      margin,
    );
  }

  touched(y: number): Span {
    const { rows, columns } = this.#geometry;
    return this.#intersect(y, [[this.#toResized, -1, columns, -1, rows]], 0);
  }

  /** The value at a pixel near the rim. */
  atEdge(x: number, y: number, read: (row: number, column: number) => number, border: number): number {
    const { crop, rows, columns } = this.#geometry;
    const u = this.#toResized.xx * x + this.#toResized.xy * y + this.#toResized.x0;
    const v = this.#toResized.yx * x + this.#toResized.yy * y + this.#toResized.y0;
    const share = coverage(u, columns) * coverage(v, rows);
    if (share <= 0) return border;
    const restX = clamp(u, 0, columns - 1);
    const restY = clamp(v, 0, rows - 1);
    const lastColumn = crop.left + crop.columns - 1;
    const lastRow = crop.top + crop.rows - 1;
    const { xx, xy, x0, yx, yy, y0 } = this.#toSource;
    const sourceX = clamp(xx * restX + xy * restY + x0, crop.left, lastColumn);
    const sourceY = clamp(yx * restX + yy * restY + y0, crop.top, lastRow);
    const left = Math.floor(sourceX);
    const top = Math.floor(sourceY);
    const right = Math.min(left + 1, lastColumn);
    const bottom = Math.min(top + 1, lastRow);
    const above = mix(read(top, left), read(top, right), sourceX - left);
    const below = mix(read(bottom, left), read(bottom, right), sourceX - left);
    return mix(border, mix(above, below, sourceY - top), share);
  }

  #intersect(
    y: number,
    bounds: readonly (readonly [Affine, number, number, number, number])[],
    margin: number,
  ): Span {
    let from = 0;
    let to = this.#geometry.columns;
    const keep = (slope: number, constant: number, low: number, high: number): void => {
      if (Math.abs(slope) < 1e-12) {
        if (constant < low || constant > high) to = 0;
        return;
      }
      const a = (low - constant) / slope;
      const b = (high - constant) / slope;
      from = Math.max(from, Math.ceil(Math.min(a, b) + margin));
      to = Math.min(to, Math.floor(Math.max(a, b) - margin) + 1);
    };
    for (const [affine, left, right, top, bottom] of bounds) {
      keep(affine.xx, affine.xy * y + affine.x0, left, right);
      keep(affine.yx, affine.yy * y + affine.y0, top, bottom);
    }
    return from < to ? { from, to } : { from: 0, to: 0 };
  }
}

const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** 1 inside, falling to 0 over the pixel beyond the edge, as when interpolating with a zero neighbour. */
function coverage(position: number, size: number): number {
  return Math.min(1, position + 1, size - position);
}
