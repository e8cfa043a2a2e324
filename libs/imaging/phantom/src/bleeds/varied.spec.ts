import { describe, expect, it } from 'vitest';
import { drawAnatomy } from '../head/anatomy.js';
import { Vault } from '../head/vault.js';
import { createRandom } from '../random.js';
import { createSliceRenderer } from '../render/slice.js';
import { surfacePoint } from '../head/surface-point.js';
import { at, SIZE, straightAcquisition, straightHead } from '../testing/straight-head.js';
import { BLEED_KINDS, type Bleed, type BleedKind } from './bleed.js';
import { crescent } from './subdural.js';
import { drawVariedBleed } from './varied.js';

const host = { vault: new Vault(drawAnatomy(createRandom('varied'))), down: [0, 1, 0] } as const;
const draws = (kind: BleedKind) =>
  Array.from({ length: 200 }, (_, seed) => drawVariedBleed(kind, createRandom(seed, kind), host, 1));
const share = (bleeds: readonly Bleed[], is: (bleed: Bleed) => boolean) =>
  bleeds.filter(is).length / bleeds.length;

describe('drawVariedBleed', () => {
  it.each(BLEED_KINDS)('draws %s between fluid and fresh blood, the same from the same stream', (kind) => {
    const bleeds = draws(kind);
    for (const { density, part, kind: drawn } of bleeds) {
      expect(drawn).toBe(kind);
      for (const value of part === undefined ? [density] : [density, part.density]) {
        expect(value).toBeGreaterThanOrEqual(10);
        expect(value).toBeLessThanOrEqual(84);
      }
    }
    expect(draws(kind).map(({ density }) => density)).toEqual(bleeds.map(({ density }) => density));
  });

  // Of those over a hemisphere (72 %): 18 % as dense as brain, 18 % as fluid, 14 % layered; 200 draws differ by up to 0.08 (2.5 sigma).
  it('draws subdural blood of every age', () => {
    const bleeds = draws('subdural');
    const asFluid = share(bleeds, ({ density, part }) => density <= 32 && part === undefined);
    const layered = share(bleeds, ({ density, part }) => density <= 32 && part !== undefined);
    const asBrain = share(bleeds, ({ density }) => density > 32 && density < 46);
    expect(Math.abs(asFluid - 0.13)).toBeLessThan(0.07);
    expect(Math.abs(layered - 0.1)).toBeLessThan(0.07);
    expect(asBrain).toBeGreaterThan(0.02);
  });

  it('draws clots in the posterior fossa, below the tentorium', () => {
    const low = share(draws('intraparenchymal'), ({ center: [, y, z] }) => y > 5 && z < -20);
    expect(low).toBeGreaterThan(0.08);
    expect(low).toBeLessThan(0.4);
  });
});

describe('a layered subdural bleed in a slice', () => {
  const head = straightHead();
  const acquisition = straightAcquisition([30]);
  const surroundings = new Float32Array(SIZE * SIZE).fill(-1000);
  const bleed = crescent({
    side: 1,
    density: 20,
    part: { density: 60, distance: (_x, y) => -y },
    seat: surfacePoint(head.vault, Math.PI / 2, 0.3),
    reach: 80,
    thickness: 16,
    phase: 0,
    push: 0,
  });
  const renderer = createSliceRenderer(
    { head, bleeds: [bleed], acquisition },
    { surroundings, seed: 'x', masks: true },
  );
  const { hounsfield, mask } = renderer.render(0);

  it('is paler above its level than below, and the mask has both', () => {
    // From the inner table inwards, in front of the middle (y < 0) and behind it.
    const bloodAt = (y: number) => {
      const column = Array.from({ length: 90 }, (_, i) => i).filter((x) => isBlood(x, y));
      const middle = column[column.length >> 1];
      if (middle === undefined) throw new Error(`no blood at ${y}`);
      return at(hounsfield, middle, y);
    };
    const marks = Int16Array.from(mask ?? []);
    const isBlood = (x: number, y: number) => at(marks, x, y) !== 0;
    for (const y of [-15, -20, -25]) expect(Math.abs(bloodAt(y) - 20)).toBeLessThan(4);
    for (const y of [15, 20, 25]) expect(Math.abs(bloodAt(y) - 60)).toBeLessThan(4);
  });
});
