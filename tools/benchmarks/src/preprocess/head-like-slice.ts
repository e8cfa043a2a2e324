/** Stored values (HU + 1024) with the histogram of a head: air, a ring of bone, noisy tissue. */
export function headLikeSlice(size: number): Int16Array {
  const stored = new Int16Array(size * size);
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000 - 0.5) * 20);
  };
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const radius = Math.hypot(x - size / 2, y - size / 2) / size;
      const hu = radius > 0.5 ? -1024 : radius > 0.42 ? -1000 : radius > 0.38 ? 900 : 30 + ((x >> 5) & 3) * 5;
      stored[y * size + x] = hu + 1024 + (hu > -1024 ? noise() : 0);
    }
  return stored;
}
