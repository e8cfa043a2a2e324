import { createRandom, type Random } from './random.js';

/** In-place complex FFT (radix 2) of lines of one length, a power of two. */
function createTransform(length: number): (re: Float64Array, im: Float64Array) => void {
  const half = length / 2;
  const cos = Float64Array.from({ length: half }, (_, k) => Math.cos((-2 * Math.PI * k) / length));
  const sin = Float64Array.from({ length: half }, (_, k) => Math.sin((-2 * Math.PI * k) / length));
  const swap = (values: Float64Array, i: number, j: number) => {
    const value = values[i]!;
    values[i] = values[j]!;
    values[j] = value;
  };
  return (re, im) => {
    for (let i = 1, j = 0; i < length; i++) {
      let bit = half;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) {
        swap(re, i, j);
        swap(im, i, j);
      }
    }
    for (let size = 2; size <= length; size *= 2) {
      const reach = size / 2;
      const every = length / size;
      for (let k = 0; k < reach; k++) {
        const wr = cos[k * every]!;
        const wi = sin[k * every]!;
        for (let p = k; p < length; p += size) {
          const q = p + reach;
          const tr = wr * re[q]! - wi * im[q]!;
          const ti = wr * im[q]! + wi * re[q]!;
          re[q] = re[p]! - tr;
          im[q] = im[p]! - ti;
          re[p] = re[p]! + tr;
          im[p] = im[p]! + ti;
        }
      }
    }
  };
}

/**
 * Periodic Gaussian noise of `dimensions` axes with `side` samples each and the given amplitude
 * spectrum over the spatial frequency (cycles per sample), scaled to mean 0 and variance 1.
 * The spectrum is filled with complex white noise; the real part of its transform is the result.
 */
function spectralNoise(
  side: number,
  dimensions: 2 | 3,
  amplitude: (frequency: number) => number,
  seed: string,
): Float32Array {
  const re = new Float64Array(side ** dimensions);
  const im = new Float64Array(side ** dimensions);
  fillSpectrum(re, im, side, amplitude, createRandom('spectral-noise', seed));
  for (let stride = 1; stride < re.length; stride *= side) transformAxis(re, im, side, stride);
  return normalized(re);
}

/** White noise, weighed by its frequency. */
function fillSpectrum(
  re: Float64Array,
  im: Float64Array,
  side: number,
  amplitude: (frequency: number) => number,
  random: Random,
): void {
  const square = Float64Array.from({ length: side }, (_, k) => (Math.min(k, side - k) / side) ** 2);
  for (let i = 1; i < re.length; i++) {
    let frequency = 0;
    for (let rest = i; rest > 0; rest = Math.floor(rest / side)) frequency += square[rest % side]!;
    const a = amplitude(Math.sqrt(frequency));
    if (a > 1e-6) {
      re[i] = a * random.normal();
      im[i] = a * random.normal();
    }
  }
}

/** Transforms all lines along the axis whose neighbours are `stride` samples apart. */
function transformAxis(re: Float64Array, im: Float64Array, side: number, stride: number): void {
  const transform = createTransform(side);
  const lineRe = new Float64Array(side);
  const lineIm = new Float64Array(side);
  for (let line = 0; line < re.length / side; line++) {
    // Lines along an axis start where the index along it is zero.
    const start = (line % stride) + Math.floor(line / stride) * stride * side;
    for (let k = 0, i = start; k < side; k++, i += stride) {
      lineRe[k] = re[i]!;
      lineIm[k] = im[i]!;
    }
    // Most lines of a spectrum that is a narrow band hold nothing.
    if (lineRe.every(isZero) && lineIm.every(isZero)) continue;
    transform(lineRe, lineIm);
    for (let k = 0, i = start; k < side; k++, i += stride) {
      re[i] = lineRe[k]!;
      im[i] = lineIm[k]!;
    }
  }
}

function isZero(value: number): boolean {
  return value === 0;
}

function normalized(values: Float64Array): Float32Array {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  const scale = 1 / Math.sqrt(sum / values.length);
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = values[i]! * scale;
  return result;
}

/** Side of the noise tile in pixels. */
export const TILE = 512;

/** Steps of the noise tile in one standard deviation. */
export const TILE_STEPS = 25;

let tile: Int8Array | undefined;
/**
 * Image noise as filtered backprojection leaves it: power rises with the frequency (ramp filter) and
 * is cut by the kernel. Neighbouring pixels correlate by about 0.7, as measured in a real study.
 * One byte per pixel, in 1/25 of a standard deviation: a tile of 256 KiB stays in the cache.
 */
export function imageNoiseTile(): Int8Array {
  if (tile === undefined) {
    const noise = spectralNoise(TILE, 2, (f) => Math.sqrt(f) * Math.exp(-((f / 0.22) ** 2)), 'image');
    tile = new Int8Array(noise.length);
    for (let i = 0; i < noise.length; i++) {
      tile[i] = Math.round(Math.max(-5, Math.min(5, noise[i]!)) * TILE_STEPS);
    }
  }
  return tile;
}

const SIDE = 64;
const MASK = SIDE - 1;
/** Wavelength of {@link waves} in units of its argument. */
export const WAVELENGTH = 8;

/** Side of the volume with its first samples repeated after the last. */
const PADDED = SIDE + 1;
const PLANE = PADDED * PADDED;

let volume: Float32Array | undefined;

function makeVolume(): Float32Array {
  const noise = spectralNoise(SIDE, 3, (f) => Math.exp(-(((f - 1 / WAVELENGTH) / 0.03) ** 2)), 'waves');
  const padded = new Float32Array(PADDED ** 3);
  for (let z = 0, at = 0; z < PADDED; z++) {
    for (let y = 0; y < PADDED; y++) {
      const line = ((z & MASK) * SIDE + (y & MASK)) * SIDE;
      for (let x = 0; x < PADDED; x++, at++) padded[at] = noise[line + (x & MASK)]!;
    }
  }
  volume = padded;
  return padded;
}

/**
 * A smooth random field in space: waves of one wavelength (8 units) in all directions, variance 1,
 * period 64. Its zero sheets wind like the gyri of a brain.
 */
export function waves(x: number, y: number, z: number): number {
  const v = volume ?? makeVolume();
  const fx = Math.floor(x);
  const fy = Math.floor(y);
  const fz = Math.floor(z);
  const tx = x - fx;
  const ty = y - fy;
  const tz = z - fz;
  const at = (fz & MASK) * PLANE + (fy & MASK) * PADDED + (fx & MASK);
  const a = v[at]!;
  const b = v[at + PADDED]!;
  const c = v[at + PLANE]!;
  const d = v[at + PLANE + PADDED]!;
  const near = a + tx * (v[at + 1]! - a);
  const far = b + tx * (v[at + PADDED + 1]! - b);
  const upperNear = c + tx * (v[at + PLANE + 1]! - c);
  const upperFar = d + tx * (v[at + PLANE + PADDED + 1]! - d);
  const lower = near + ty * (far - near);
  return lower + tz * (upperNear + ty * (upperFar - upperNear) - lower);
}
