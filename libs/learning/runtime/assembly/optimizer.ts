// AssemblyScript: TypeScript's syntax, WebAssembly's types and SIMD instructions.
// `npm run build:kernels` compiles it into src/optimizer/optimizer-binary.ts.
// asc: --importMemory
//
// Loops over flat arrays of float32 in the memory that they share with onnxruntime; addresses in bytes, multiples of 16.

/** Sum of squares, in double precision. */
export function sumOfSquares(from: usize, end: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (; from < end; from += 16) {
    const x = v128.load(from);
    const first = f64x2.promote_low_f32x4(x);
    const second = f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * Adam; with `keep` below 1, AdamW.
 *
 * gradient = gradient * scale + parameter * decay; first = first * beta1 + gradient * rest1;
 * second = second * beta2 + gradient^2 * rest2;
 * parameter = parameter * keep - first * rate / (sqrt(second) * correction + eps)
 */
export function adam(
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  end: usize,
  scale: f32,
  decay: f32,
  keep: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  correction: f32,
  eps: f32,
  rate: f32,
): void {
  const scales = f32x4.splat(scale);
  const decays = f32x4.splat(decay);
  const keeps = f32x4.splat(keep);
  const betas1 = f32x4.splat(beta1);
  const rests1 = f32x4.splat(rest1);
  const betas2 = f32x4.splat(beta2);
  const rests2 = f32x4.splat(rest2);
  const corrections = f32x4.splat(correction);
  const epsilons = f32x4.splat(eps);
  const rates = f32x4.splat(rate);
  for (; parameters < end; parameters += 16, gradients += 16, first += 16, second += 16) {
    const parameter = v128.load(parameters);
    const gradient = f32x4.add(f32x4.mul(v128.load(gradients), scales), f32x4.mul(parameter, decays));
    const m = f32x4.add(f32x4.mul(v128.load(first), betas1), f32x4.mul(gradient, rests1));
    const v = f32x4.add(
      f32x4.mul(v128.load(second), betas2),
      f32x4.mul(f32x4.mul(gradient, rests2), gradient),
    );
    v128.store(first, m);
    v128.store(second, v);
    const step = f32x4.div(f32x4.mul(m, rates), f32x4.add(f32x4.mul(f32x4.sqrt(v), corrections), epsilons));
    v128.store(parameters, f32x4.sub(f32x4.mul(parameter, keeps), step));
  }
}

/**
 * Stochastic gradient descent.
 *
 * gradient = gradient * scale + parameter * decay; buffer = buffer * momentum + gradient;
 * parameter = parameter - (gradient * direct + buffer * through) * rate
 */
export function sgd(
  parameters: usize,
  gradients: usize,
  buffers: usize,
  end: usize,
  scale: f32,
  decay: f32,
  momentum: f32,
  direct: f32,
  through: f32,
  rate: f32,
): void {
  const scales = f32x4.splat(scale);
  const decays = f32x4.splat(decay);
  const momenta = f32x4.splat(momentum);
  const directs = f32x4.splat(direct);
  const throughs = f32x4.splat(through);
  const rates = f32x4.splat(rate);
  for (; parameters < end; parameters += 16, gradients += 16, buffers += 16) {
    const parameter = v128.load(parameters);
    const gradient = f32x4.add(f32x4.mul(v128.load(gradients), scales), f32x4.mul(parameter, decays));
    const buffer = f32x4.add(f32x4.mul(v128.load(buffers), momenta), gradient);
    v128.store(buffers, buffer);
    const step = f32x4.add(f32x4.mul(gradient, directs), f32x4.mul(buffer, throughs));
    v128.store(parameters, f32x4.sub(parameter, f32x4.mul(step, rates)));
  }
}
