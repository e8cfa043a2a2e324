import { createRandom } from './random.js';

/** In-place complex FFT (radix 2) over `length` entries from `offset` with the given stride. */
function transform(re: Float64Array, im: Float64Array, offset: number, stride: number, length: number): void {
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      const p = offset + i * stride;
      const q = offset + j * stride;
      [re[p], re[q]] = [re[q]!, re[p]!];
      [im[p], im[q]] = [im[q]!, im[p]!];
    }
  }
  for (let size = 2; size <= length; size *= 2) {
    const half = size / 2;
    const angle = (-2 * Math.PI) / size;
    for (let k = 0; k < half; k++) {
      const wr = Math.cos(angle * k);
      const wi = Math.sin(angle * k);
      for (let start = k; start < length; start += size) {
        const p = offset + start * stride;
        const q = p + half * stride;
        const tr = wr * re[q]! - wi * im[q]!;
        const ti = wr * im[q]! + wi * re[q]!;
        re[q] = re[p]! - tr;
        im[q] = im[p]! - ti;
        re[p] = re[p]! + tr;
        im[p] = im[p]! + ti;
      }
    }
  }
}

/**
 * Periodic Gaussian noise of `dimensions` axes with `side` samples each and the given amplitude
 * spectrum over the spatial frequency (cycles per sample), scaled to mean 0 and variance 1.
 * The spectrum is filled with complex white noise; the real part of its transform is the result.
 */
export function spectralNoise(
  side: number,
  dimensions: 2 | 3,
  amplitude: (frequency: number) => number,
  seed: string,
): Float32Array {
  const random = createRandom('spectral-noise', seed);
  const count = side ** dimensions;
  const re = new Float64Array(count);
  const im = new Float64Array(count);
  const square = Float64Array.from({ length: side }, (_, k) => (Math.min(k, side - k) / side) ** 2);
  for (let i = 0; i < count; i++) {
    let frequency = 0;
    for (let rest = i, axis = 0; axis < dimensions; axis++, rest = Math.floor(rest / side)) {
      frequency += square[rest % side]!;
    }
    const a = i === 0 ? 0 : amplitude(Math.sqrt(frequency));
    if (a > 1e-6) {
      re[i] = a * random.normal();
      im[i] = a * random.normal();
    }
  }
  for (let axis = 0; axis < dimensions; axis++) {
    const stride = side ** axis;
    for (let i = 0; i < count; i++) {
      if (Math.floor(i / stride) % side === 0) transform(re, im, i, stride, side);
    }
  }
  let sum = 0;
  for (const value of re) sum += value * value;
  const scale = 1 / Math.sqrt(sum / count);
  return Float32Array.from(re, (value) => value * scale);
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
  tile ??= Int8Array.from(
    spectralNoise(TILE, 2, (f) => Math.sqrt(f) * Math.exp(-((f / 0.22) ** 2)), 'image'),
    (value) => Math.round(Math.max(-5, Math.min(5, value)) * TILE_STEPS),
  );
  return tile;
}

const SIDE = 64;
const MASK = SIDE - 1;
/** Wavelength of {@link waves} in units of its argument. */
export const WAVELENGTH = 8;

let volume: Float32Array | undefined;

/**
 * A smooth random field in space: waves of one wavelength (8 units) in all directions, variance 1,
 * period 64. Its zero sheets wind like the gyri of a brain.
 */
export function waves(x: number, y: number, z: number): number {
  volume ??= spectralNoise(SIDE, 3, (f) => Math.exp(-(((f - 1 / WAVELENGTH) / 0.03) ** 2)), 'waves');
  const fx = Math.floor(x);
  const fy = Math.floor(y);
  const fz = Math.floor(z);
  const tx = x - fx;
  const ty = y - fy;
  const tz = z - fz;
  const x0 = fx & MASK;
  const x1 = (fx + 1) & MASK;
  const y0 = (fy & MASK) * SIDE;
  const y1 = ((fy + 1) & MASK) * SIDE;
  const z0 = (fz & MASK) * SIDE * SIDE;
  const z1 = ((fz + 1) & MASK) * SIDE * SIDE;
  const a = volume[z0 + y0 + x0]!;
  const b = volume[z0 + y1 + x0]!;
  const c = volume[z1 + y0 + x0]!;
  const d = volume[z1 + y1 + x0]!;
  const near = a + tx * (volume[z0 + y0 + x1]! - a);
  const far = b + tx * (volume[z0 + y1 + x1]! - b);
  const upperNear = c + tx * (volume[z1 + y0 + x1]! - c);
  const upperFar = d + tx * (volume[z1 + y1 + x1]! - d);
  const lower = near + ty * (far - near);
  return lower + tz * (upperNear + ty * (upperFar - upperNear) - lower);
}
