// AssemblyScript: TypeScript's syntax, WebAssembly's types and SIMD instructions.
// `npm run build:kernels` compiles it into src/render/kernel-binary.ts.

/** First byte that the caller may use. */
export function firstFree(): usize {
  return (__heap_base + 15) & ~15;
}

/**
 * Adds bias and noise to a row of pixels, rounds to whole HU and writes them as a file stores them. Pixels are done
 * in groups of eight: up to seven pixels after the row are read and written too.
 *
 * @param image HU, float32
 * @param above bias on the row of nodes above, HU, float32; `below` on that below, and the row is at `t` from the one to the other
 * @param noise1 a line of the noise tile, int8, with its first eight bytes repeated at its end; `noise2` another
 * @param along1 column of the tile over the first pixel; `mask` is one less than the columns of the tile, a power of two
 * @param strong HU of a step of the first line, `weak` of the second; in air `faint` of the first
 * @param stored int16: what is taken off, lowest and highest value, bits that are kept, value outside the circle
 */
export function finishRow(
  image: usize,
  output: usize,
  columns: i32,
  above: usize,
  below: usize,
  t: f32,
  noise1: usize,
  noise2: usize,
  along1: i32,
  along2: i32,
  mask: i32,
  strong: f32,
  weak: f32,
  faint: f32,
  nearlyAir: f32,
  outsideCircle: f32,
  stored: usize,
): void {
  const intercept = v128.load16_splat(stored);
  const low = v128.load16_splat(stored, 2);
  const high = v128.load16_splat(stored, 4);
  const bits = v128.load16_splat(stored, 6);
  const padding = v128.load16_splat(stored, 8);
  const outside = f32x4.splat(outsideCircle);
  const air = f32x4.splat(nearlyAir);
  const share = f32x4.splat(t);
  const inTissue1 = f32x4.splat(strong);
  const inTissue2 = f32x4.splat(weak);
  const inAir = f32x4.splat(faint);
  for (let column = 0; column < columns; column += 8) {
    const first = v128.load8x8_s(noise1 + ((column + along1) & mask));
    const second = v128.load8x8_s(noise2 + ((column + along2) & mask));

    const huL = v128.load(image);
    const aboveL = v128.load(above);
    const firstL = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(first));
    const secondL = f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(second));
    const biasL = f32x4.add(aboveL, f32x4.mul(share, f32x4.sub(v128.load(below), aboveL)));
    const noiseL = f32x4.add(f32x4.mul(inTissue1, firstL), f32x4.mul(inTissue2, secondL));
    const valueL = v128.bitselect(
      f32x4.add(huL, f32x4.mul(inAir, firstL)),
      f32x4.add(f32x4.add(huL, biasL), noiseL),
      f32x4.lt(huL, air),
    );

    const huR = v128.load(image, 16);
    const aboveR = v128.load(above, 16);
    const firstR = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(first));
    const secondR = f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(second));
    const biasR = f32x4.add(aboveR, f32x4.mul(share, f32x4.sub(v128.load(below, 16), aboveR)));
    const noiseR = f32x4.add(f32x4.mul(inTissue1, firstR), f32x4.mul(inTissue2, secondR));
    const valueR = v128.bitselect(
      f32x4.add(huR, f32x4.mul(inAir, firstR)),
      f32x4.add(f32x4.add(huR, biasR), noiseR),
      f32x4.lt(huR, air),
    );

    const whole = i16x8.narrow_i32x4_s(
      i32x4.trunc_sat_f32x4_s(f32x4.nearest(valueL)),
      i32x4.trunc_sat_f32x4_s(f32x4.nearest(valueR)),
    );
    const code = v128.and(i16x8.min_s(i16x8.max_s(i16x8.sub_sat_s(whole, intercept), low), high), bits);
    const isOutside = i16x8.narrow_i32x4_s(f32x4.eq(huL, outside), f32x4.eq(huR, outside));
    v128.store(output, v128.bitselect(padding, code, isOutside));
    image += 32;
    above += 32;
    below += 32;
    output += 16;
  }
}
