/** A rectangle of source pixels. */
export interface Crop {
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * How a slice becomes the picture that the network sees, in this order: crop, resize to rows x columns,
 * flips, transposition, rotation.
 */
export interface Geometry {
  readonly crop: Crop;
  /** Size of the result; after a transposition still rows x columns. */
  readonly rows: number;
  readonly columns: number;
  /** OpenCV's conventions: pixel centres at half-integers, edges repeated, cubic with a = -0.75. */
  readonly interpolation: 'linear' | 'cubic';
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
  readonly transpose: boolean;
  /** Degrees, counter-clockwise as seen on the screen, around (columns / 2, rows / 2); zeros come in from outside. */
  readonly angle: number;
}

/** The whole slice, resized. */
export function plainGeometry(
  source: { readonly rows: number; readonly columns: number },
  rows: number,
  columns: number,
  interpolation: Geometry['interpolation'],
): Geometry {
  return {
    crop: { top: 0, left: 0, rows: source.rows, columns: source.columns },
    rows,
    columns,
    interpolation,
    flipHorizontal: false,
    flipVertical: false,
    transpose: false,
    angle: 0,
  };
}

/** `x' = xx x + xy y + x0`, `y' = yx x + yy y + y0`, in pixel indexes (0 is the centre of the first pixel). */
export interface Affine {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

/** First `inner`, then `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  return {
    xx: outer.xx * inner.xx + outer.xy * inner.yx,
    xy: outer.xx * inner.xy + outer.xy * inner.yy,
    x0: outer.xx * inner.x0 + outer.xy * inner.y0 + outer.x0,
    yx: outer.yx * inner.xx + outer.yy * inner.yx,
    yy: outer.yx * inner.xy + outer.yy * inner.yy,
    y0: outer.yx * inner.x0 + outer.yy * inner.y0 + outer.y0,
  };
}

/** From a pixel of the result to the pixel before the rotation. */
export function undoRotation(geometry: Geometry): Affine {
  const radians = (geometry.angle * Math.PI) / 180;
  const cos = Math.cos(radians);
  const sin = Math.sin(radians);
  const x = geometry.columns / 2;
  const y = geometry.rows / 2;
  return {
    xx: cos,
    xy: -sin,
    x0: x - cos * x + sin * y,
    yx: sin,
    yy: cos,
    y0: y - sin * x - cos * y,
  };
}

/** From a pixel before the rotation to the source. */
export function undoResize(geometry: Geometry): Affine {
  const { crop, rows, columns } = geometry;
  // A transposition exchanges what the resize made: columns x rows.
  const width = geometry.transpose ? rows : columns;
  const height = geometry.transpose ? columns : rows;
  const scaleX = crop.columns / width;
  const scaleY = crop.rows / height;
  const resize: Affine = {
    xx: scaleX,
    xy: 0,
    x0: crop.left + scaleX / 2 - 0.5,
    yx: 0,
    yy: scaleY,
    y0: crop.top + scaleY / 2 - 0.5,
  };
  const flip: Affine = {
    xx: geometry.flipHorizontal ? -1 : 1,
    xy: 0,
    x0: geometry.flipHorizontal ? width - 1 : 0,
    yx: 0,
    yy: geometry.flipVertical ? -1 : 1,
    y0: geometry.flipVertical ? height - 1 : 0,
  };
  const flipped = compose(resize, flip);
  return geometry.transpose ? compose(flipped, { xx: 0, xy: 1, x0: 0, yx: 1, yy: 0, y0: 0 }) : flipped;
}
