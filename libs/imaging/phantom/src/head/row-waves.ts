import { waves } from '../spectral-noise.js';
import type { NodeList, NodeRow } from './node-row.js';

type Vector = readonly [number, number, number];

/** Random waves at some nodes of a row: `offset` says which waves, `scale` how fast they change, per mm. */
export function waveRow(
  target: Float64Array,
  { x, y, z }: NodeRow,
  { columns, count }: NodeList,
  offset: Vector,
  scale: Vector,
): void {
  const [ox, oy, oz] = offset;
  const [kx, ky, kz] = scale;
  for (let n = 0; n < count; n++) {
    const j = columns[n]!;
    target[j] = waves(ox + kx * x[j]!, oy + ky * y[j]!, oz + kz * z[j]!);
  }
}
