import type { Random } from '../random.js';
import type { StoredRange } from '../render/kernel.js';

/** How a scanner writes its pixels and windows; the same for all slices of a study. */
export interface PixelFormat {
  readonly pixelRepresentation: 0 | 1;
  readonly bitsStored: 12 | 16;
  readonly rescaleIntercept: number;
  /** Negative values wrap around at 12 bits although PixelRepresentation says unsigned: to be fixed by the reader. */
  readonly wraps: boolean;
  /** Pixels outside the circle of reconstruction hold a padding value. */
  readonly circle: boolean;
  /** As written, leading zeros and several values included. */
  readonly windowCenter: readonly string[];
  readonly windowWidth: readonly string[];
}

const formats = [
  { share: 0.5, pixelRepresentation: 0, bitsStored: 12, rescaleIntercept: -1024, wraps: false, padded: 0 },
  { share: 0.25, pixelRepresentation: 1, bitsStored: 16, rescaleIntercept: -1024, wraps: false, padded: 0.7 },
  { share: 0.15, pixelRepresentation: 1, bitsStored: 16, rescaleIntercept: 0, wraps: false, padded: 0.5 },
  { share: 0.1, pixelRepresentation: 0, bitsStored: 12, rescaleIntercept: 0, wraps: true, padded: 0 },
] as const;

const windows: readonly (readonly [center: readonly string[], width: readonly string[]])[] = [
  [['40'], ['80']],
  [['40'], ['80']],
  [['30'], ['80']],
  [['40'], ['150']],
  [['35'], ['100']],
  [['50'], ['100']],
  [
    ['00036', '00036'],
    ['00080', '00080'],
  ],
  [
    ['40', '600'],
    ['80', '2800'],
  ],
];

export function drawPixelFormat(random: Random): PixelFormat {
  let left = random.next();
  const format = formats.find(({ share }) => (left -= share) < 0) ?? formats[0];
  const [windowCenter, windowWidth] = random.pick(windows);
  const { pixelRepresentation, bitsStored, rescaleIntercept, wraps } = format;
  const circle = random.chance(format.padded);
  return { pixelRepresentation, bitsStored, rescaleIntercept, wraps, circle, windowCenter, windowWidth };
}

/** The stored value outside the circle of reconstruction. */
const PADDING = -2000;

/** What a file stores for HU: 16 bits, little endian on every machine that Node supports. */
export function storedRange({ rescaleIntercept, wraps, pixelRepresentation }: PixelFormat): StoredRange {
  if (wraps) return { intercept: 0, low: -1000, high: 3095, bits: 0xfff, padding: -1000 & 0xfff };
  const [low, high] = pixelRepresentation === 1 ? [-32768, 32767] : [0, 4095];
  return { intercept: rescaleIntercept, low, high, bits: -1, padding: PADDING };
}
