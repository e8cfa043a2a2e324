import type { Crop, Geometry } from './geometry.js';
import { plainGeometry } from './geometry.js';
import type { RandomStream } from '@ichor/files/random';

interface ImageSize {
  readonly rows: number;
  readonly columns: number;
}

/** The possible augmentations of a slice. A part that is left out is not applied; probabilities default to 0.5. */
export interface AugmentationPolicy {
  readonly crop?: RandomResizedCrop | RandomTrim;
  readonly interpolation?: Geometry['interpolation'];
  readonly flipHorizontal?: number;
  readonly flipVertical?: number;
  /** Instead of the two: with this probability a horizontal flip, a vertical one or both, each as likely. */
  readonly flip?: number;
  readonly transpose?: number;
  readonly rotate?: { readonly degrees: number; readonly probability?: number };
  /** `gain` uniform in 1 +- contrast, `offset` uniform in +- brightness (of a picture of values 0..1). */
  readonly brightnessContrast?: {
    readonly brightness: number;
    readonly contrast: number;
    readonly probability?: number;
  };
}

/** A share of the area and an aspect ratio, both at random (Szegedy et al. 2015). */
export interface RandomResizedCrop {
  readonly kind: 'resized';
  readonly area: readonly [number, number];
  /** Width over height; drawn uniformly on a logarithmic scale. */
  readonly aspect: readonly [number, number];
  /** Draws before giving up for a random square as large as the short side. Default: 15. */
  readonly tries?: number;
}

/** Up to `pixels` less of each side, at a random place. */
export interface RandomTrim {
  readonly kind: 'trim';
  readonly pixels: number;
}

/** The values that were drawn for one slice. */
export interface Augmentation {
  readonly geometry: Geometry;
  readonly contrast: { readonly gain: number; readonly offset: number };
}

/** The slice resized and nothing else. */
export function noAugmentation(
  source: ImageSize,
  rows: number,
  columns: number,
  interpolation: Geometry['interpolation'] = 'linear',
): Augmentation {
  return { geometry: plainGeometry(source, rows, columns, interpolation), contrast: { gain: 1, offset: 0 } };
}

/**
 * Draws from `random`. Each part first draws whether it is applied, then its values. The order is fixed, so that the
 * same stream gives the same augmentation.
 *
 * @param rows size of the result; square where the policy transposes
 */
export function drawAugmentation(
  policy: AugmentationPolicy,
  source: ImageSize,
  rows: number,
  columns: number,
  random: RandomStream,
): Augmentation {
  const plain = plainGeometry(source, rows, columns, policy.interpolation ?? 'linear');
  const crop = policy.crop === undefined ? plain.crop : drawCrop(policy.crop, source, random);
  const { flipHorizontal, flipVertical } = drawFlips(policy, random);
  const transpose = random.bernoulli(policy.transpose ?? 0);
  const { rotate, brightnessContrast } = policy;
  const angle =
    rotate !== undefined && random.bernoulli(rotate.probability ?? 0.5)
      ? random.uniform(-rotate.degrees, rotate.degrees)
      : 0;
  const contrast =
    brightnessContrast !== undefined && random.bernoulli(brightnessContrast.probability ?? 0.5)
      ? {
          gain: 1 + random.uniform(-brightnessContrast.contrast, brightnessContrast.contrast),
          offset: random.uniform(-brightnessContrast.brightness, brightnessContrast.brightness),
        }
      : { gain: 1, offset: 0 };
  return { geometry: { ...plain, crop, flipHorizontal, flipVertical, transpose, angle }, contrast };
}

function drawFlips(
  policy: AugmentationPolicy,
  random: RandomStream,
): Pick<Geometry, 'flipHorizontal' | 'flipVertical'> {
  if (policy.flip === undefined) {
    return {
      flipHorizontal: random.bernoulli(policy.flipHorizontal ?? 0),
      flipVertical: random.bernoulli(policy.flipVertical ?? 0),
    };
  }
  const flips = random.bernoulli(policy.flip);
  const kind = random.integer(3);
  return { flipHorizontal: flips && kind !== 1, flipVertical: flips && kind !== 0 };
}

function drawCrop(crop: RandomResizedCrop | RandomTrim, source: ImageSize, random: RandomStream): Crop {
  if (crop.kind === 'trim') {
    const rows = source.rows - random.integer(Math.min(crop.pixels, source.rows - 1) + 1);
    const columns = source.columns - random.integer(Math.min(crop.pixels, source.columns - 1) + 1);
    return place(rows, columns, source, random);
  }
  const area = source.rows * source.columns;
  const [low, high] = crop.aspect;
  for (let attempt = 0; attempt < (crop.tries ?? 15); attempt++) {
    const target = area * random.uniform(...crop.area);
    const aspect = Math.exp(random.uniform(Math.log(low), Math.log(high)));
    const columns = Math.round(Math.sqrt(target * aspect));
    const rows = Math.round(Math.sqrt(target / aspect));
    if (rows >= 1 && columns >= 1 && rows <= source.rows && columns <= source.columns) {
      return place(rows, columns, source, random);
    }
  }
  const side = Math.min(source.rows, source.columns);
  return place(side, side, source, random);
}

function place(rows: number, columns: number, source: ImageSize, random: RandomStream): Crop {
  return {
    top: random.integer(source.rows - rows + 1),
    left: random.integer(source.columns - columns + 1),
    rows,
    columns,
  };
}
