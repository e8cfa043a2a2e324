/** BASIS[8 x + u] = c(u)/2 cos((2x + 1) u pi / 16), c(0) = 1/sqrt 2, else 1 (T.81 A.3.3). */
const BASIS = Float64Array.from({ length: 64 }, (_, i) => {
  const x = i >> 3;
  const u = i & 7;
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

const half = new Float64Array(64);
const samples = new Float64Array(64);

/**
 * Inverse cosine transform of 8 x 8 coefficients (row-major), by rows, then by columns.
 * The result is overwritten by the next call.
 */
export function inverseCosine(coefficients: Float64Array): Float64Array {
  for (let v = 0; v < 8; v++) {
    transform(coefficients, half, 8 * v, 1);
  }
  for (let x = 0; x < 8; x++) transform(half, samples, x, 8);
  return samples;
}

/** Transforms eight numbers, `step` apart, into the same places of `to`. */
function transform(from: Float64Array, to: Float64Array, start: number, step: number): void {
  const c0 = from[start]! * BASIS[0]!;
  const c1 = from[start + step]!;
  const c2 = from[start + 2 * step]!;
  const c3 = from[start + 3 * step]!;
  const c4 = from[start + 4 * step]!;
  const c5 = from[start + 5 * step]!;
  const c6 = from[start + 6 * step]!;
  const c7 = from[start + 7 * step]!;
  // Even frequencies are symmetric about the middle, odd ones antisymmetric: half of the products serve both sides.
  for (let x = 0; x < 4; x++) {
    const b = 8 * x;
    const even = c0 + c2 * BASIS[b + 2]! + c4 * BASIS[b + 4]! + c6 * BASIS[b + 6]!;
    const odd = c1 * BASIS[b + 1]! + c3 * BASIS[b + 3]! + c5 * BASIS[b + 5]! + c7 * BASIS[b + 7]!;
    to[start + x * step] = even + odd;
    to[start + (7 - x) * step] = even - odd;
  }
}
