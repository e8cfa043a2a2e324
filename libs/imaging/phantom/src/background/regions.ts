/** Operations on the pixels of one slice, row by row; sets are 0 or 1 per pixel. */

/** Distance in mm from every pixel to the nearest of a set (3-4 chamfer: at most 8 % off). */
export function distanceTo(set: Uint8Array, rows: number, columns: number, spacing: number): Float32Array {
  const far = rows + columns;
  const distance = Float32Array.from(set, (is) => (is === 1 ? 0 : far));
  const diagonal = 4 / 3;
  const relax = (row: number, column: number, way: 1 | -1) => {
    const p = row * columns + column;
    let best = distance[p]!;
    const before = row - way;
    const beside = column - way;
    if (beside >= 0 && beside < columns) best = Math.min(best, distance[p - way]! + 1);
    if (before >= 0 && before < rows) {
      const q = p - way * columns;
      best = Math.min(best, distance[q]! + 1);
      if (column > 0) best = Math.min(best, distance[q - 1]! + diagonal);
      if (column < columns - 1) best = Math.min(best, distance[q + 1]! + diagonal);
    }
    distance[p] = best;
  };
  for (let row = 0; row < rows; row++) for (let c = 0; c < columns; c++) relax(row, c, 1);
  for (let row = rows - 1; row >= 0; row--) for (let c = columns - 1; c >= 0; c--) relax(row, c, -1);
  return distance.map((pixels) => pixels * spacing);
}

/** The connected parts (4 neighbours) of a set, as lists of pixels. */
export function components(set: Uint8Array, rows: number, columns: number): number[][] {
  const seen = new Uint8Array(set.length);
  const parts: number[][] = [];
  for (let start = 0; start < set.length; start++) {
    if (set[start] !== 1 || seen[start] === 1) continue;
    const part = [start];
    seen[start] = 1;
    // The list grows while it is walked.
    for (const p of part) {
      const column = p % columns;
      const row = (p - column) / columns;
      const visit = (q: number) => {
        if (set[q] === 1 && seen[q] === 0) {
          seen[q] = 1;
          part.push(q);
        }
      };
      if (column > 0) visit(p - 1);
      if (column < columns - 1) visit(p + 1);
      if (row > 0) visit(p - columns);
      if (row < rows - 1) visit(p + columns);
    }
    parts.push(part);
  }
  return parts;
}

/** Mean over a square of 2 * radius + 1 pixels; the image is continued at its borders. */
export function boxBlur(image: Float32Array, rows: number, columns: number, radius: number): Float32Array {
  const along = (source: Float32Array, length: number, stride: number, lines: number, step: number) => {
    const target = new Float32Array(source.length);
    for (let line = 0; line < lines; line++) {
      const at = (i: number) => source[line * step + Math.min(length - 1, Math.max(0, i)) * stride]!;
      let sum = 0;
      for (let i = -radius; i <= radius; i++) sum += at(i);
      for (let i = 0; i < length; i++) {
        target[line * step + i * stride] = sum / (2 * radius + 1);
        sum += at(i + radius + 1) - at(i - radius);
      }
    }
    return target;
  };
  return along(along(image, columns, 1, rows, columns), rows, columns, columns, 1);
}
