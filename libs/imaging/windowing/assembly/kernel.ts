// AssemblyScript: TypeScript's syntax, WebAssembly's types and SIMD instructions.
// `npm run build:kernels` compiles it into src/kernel-binary.ts.
//
// Works on 16-bit integers: clamping to a window whose bounds are whole stored values takes two instructions
// for eight pixels. `flip` is 0x8000 for unsigned values, whose order it turns into that of signed ones.

/** First byte that the caller may use. */
export function firstFree(): usize {
  return (__heap_base + 15) & ~15;
}

/**
 * Of values clamped to low..high: returns the sum; writes min and max (int32) to `extremes`.
 * `count` is a multiple of 8.
 */
export function statistics(source: usize, count: i32, flip: i32, low: i32, high: i32, extremes: usize): f64 {
  const flips = i16x8.splat(<i16>flip);
  const lows = i16x8.splat(<i16>low);
  const highs = i16x8.splat(<i16>high);
  let min = highs;
  let max = lows;
  let sum: f64 = 0;
  const end = source + ((<usize>count) << 1);
  while (source < end) {
    // 16,384 additions of two values of 16 bits fit into a lane of 32 bits.
    let stop = source + 16384 * 16;
    if (stop > end) stop = end;
    let partial = i32x4.splat(0);
    for (; source < stop; source += 16) {
      const value = i16x8.min_s(i16x8.max_s(v128.xor(v128.load(source), flips), lows), highs);
      min = i16x8.min_s(min, value);
      max = i16x8.max_s(max, value);
      partial = i32x4.add(partial, i32x4.extadd_pairwise_i16x8_s(value));
    }
    sum += <f64>i32x4.extract_lane(partial, 0);
    sum += <f64>i32x4.extract_lane(partial, 1);
    sum += <f64>i32x4.extract_lane(partial, 2);
    sum += <f64>i32x4.extract_lane(partial, 3);
  }
  min = i16x8.min_s(min, i16x8.shuffle(min, min, 4, 5, 6, 7, 0, 1, 2, 3));
  min = i16x8.min_s(min, i16x8.shuffle(min, min, 2, 3, 0, 1, 6, 7, 4, 5));
  min = i16x8.min_s(min, i16x8.shuffle(min, min, 1, 0, 3, 2, 5, 4, 7, 6));
  max = i16x8.max_s(max, i16x8.shuffle(max, max, 4, 5, 6, 7, 0, 1, 2, 3));
  max = i16x8.max_s(max, i16x8.shuffle(max, max, 2, 3, 0, 1, 6, 7, 4, 5));
  max = i16x8.max_s(max, i16x8.shuffle(max, max, 1, 0, 3, 2, 5, 4, 7, 6));
  store<i32>(extremes, i16x8.extract_lane_s(min, 0));
  store<i32>(extremes, i16x8.extract_lane_s(max, 0), 4);
  return sum;
}

/** Writes (value - low) * factor + base for each value clamped to low..high, as float32. */
export function scale(
  source: usize,
  count: i32,
  flip: i32,
  low: i32,
  high: i32,
  factor: f32,
  base: f32,
  output: usize,
): void {
  const flips = i16x8.splat(<i16>flip);
  const lows = i16x8.splat(<i16>low);
  const highs = i16x8.splat(<i16>high);
  const start = i32x4.splat(low);
  const factors = f32x4.splat(factor);
  const bases = f32x4.splat(base);
  const end = source + ((<usize>count) << 1);
  for (; source < end; source += 16, output += 32) {
    const value = i16x8.min_s(i16x8.max_s(v128.xor(v128.load(source), flips), lows), highs);
    const first = f32x4.convert_i32x4_s(i32x4.sub(i32x4.extend_low_i16x8_s(value), start));
    const second = f32x4.convert_i32x4_s(i32x4.sub(i32x4.extend_high_i16x8_s(value), start));
    v128.store(output, f32x4.add(f32x4.mul(first, factors), bases));
    v128.store(output, f32x4.add(f32x4.mul(second, factors), bases), 16);
  }
}
