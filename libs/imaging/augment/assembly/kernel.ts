// AssemblyScript: TypeScript's syntax, WebAssembly's types and SIMD instructions.
// `npm run build:kernels` compiles it into src/kernel-binary.ts.
//
// Reads int16 Hounsfield units, so that two neighbours are one 32-bit load and their linear mix one integer
// dot product with weights of 14 bits (an error below 1/32768 of the difference of the two).

/** First byte that the caller may use. */
export function firstFree(): usize {
  return (__heap_base + 15) & ~15;
}

/**
 * A part of one row of the result: pixel i looks up the source at (x0 + i dx, y0 + i dy).
 * Positions outside of the source are moved inside; the caller requests them only in the padding of `count`.
 *
 * @param windows per channel int32 low, int32 high, float32 factor, float32 addend (of the clamped value)
 * @param output float32, `stride` bytes from one channel to the next; written up to a multiple of 4 pixels
 */
export function sampleRow(
  source: usize,
  rows: i32,
  columns: i32,
  x0: f32,
  y0: f32,
  dx: f32,
  dy: f32,
  count: i32,
  windows: usize,
  channels: i32,
  output: usize,
  stride: usize,
): void {
  const zero = i32x4.splat(0);
  const lastColumn = i32x4.splat(columns - 2);
  const lastRow = i32x4.splat(rows - 2);
  const pitch = (<usize>columns) << 1;
  const pitches = i32x4.splat(columns);
  const lanes = f32x4(0, 1, 2, 3);
  const stepX = f32x4.splat(dx);
  const stepY = f32x4.splat(dy);
  const startX = f32x4.splat(x0);
  const startY = f32x4.splat(y0);
  const one = i32x4.splat(16384);
  const windowsEnd = windows + ((<usize>channels) << 4);
  for (let i = 0; i < count; i += 4) {
    const at = f32x4.add(f32x4.splat(<f32>i), lanes);
    const x = f32x4.add(startX, f32x4.mul(at, stepX));
    const y = f32x4.add(startY, f32x4.mul(at, stepY));
    const column = i32x4.max_s(i32x4.min_s(i32x4.trunc_sat_f32x4_s(x), lastColumn), zero);
    const row = i32x4.max_s(i32x4.min_s(i32x4.trunc_sat_f32x4_s(y), lastRow), zero);
    const right = i32x4.trunc_sat_f32x4_s(
      f32x4.mul(f32x4.sub(x, f32x4.convert_i32x4_s(column)), f32x4.splat(16384)),
    );
    const down = f32x4.sub(y, f32x4.convert_i32x4_s(row));
    // In 16-bit lanes: (16384 - right, right) for each pixel.
    const weights = v128.or(i32x4.sub(one, right), i32x4.shl(right, 16));
    const place = i32x4.shl(i32x4.add(i32x4.mul(row, pitches), column), 1);
    const p0 = source + <usize>i32x4.extract_lane(place, 0);
    const p1 = source + <usize>i32x4.extract_lane(place, 1);
    const p2 = source + <usize>i32x4.extract_lane(place, 2);
    const p3 = source + <usize>i32x4.extract_lane(place, 3);
    let above = v128.load32_zero(p0);
    above = v128.load_lane<i32>(p1, above, 1);
    above = v128.load_lane<i32>(p2, above, 2);
    above = v128.load_lane<i32>(p3, above, 3);
    let below = v128.load32_zero(p0 + pitch);
    below = v128.load_lane<i32>(p1 + pitch, below, 1);
    below = v128.load_lane<i32>(p2 + pitch, below, 2);
    below = v128.load_lane<i32>(p3 + pitch, below, 3);
    let target = output + ((<usize>i) << 2);
    for (let window = windows; window < windowsEnd; window += 16) {
      const low = i16x8.splat(<i16>load<i32>(window));
      const high = i16x8.splat(<i16>load<i32>(window, 4));
      const a = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(i16x8.min_s(i16x8.max_s(above, low), high), weights));
      const b = f32x4.convert_i32x4_s(i32x4.dot_i16x8_s(i16x8.min_s(i16x8.max_s(below, low), high), weights));
      const mixed = f32x4.add(a, f32x4.mul(f32x4.sub(b, a), down));
      v128.store(
        target,
        f32x4.add(f32x4.mul(mixed, v128.load32_splat(window, 8)), v128.load32_splat(window, 12)),
      );
      target += stride;
    }
  }
}
