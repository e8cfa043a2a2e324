import { step } from '../shapes.js';

/** Height of the tentorium over a point, mm: a tent whose ridge climbs to the front. */
export function tentoriumHeight(mx: number, y: number): number {
  return 12 - 0.62 * mx - 0.22 * (y - 30) - step(40, 80, y) * 4;
}
