import { describe, expect, it } from 'vitest';
import { createStudy } from '../cohort/study.js';
import { createRandom } from '../random.js';
import { straightAcquisition } from '../testing/straight-head.js';
import { AIR, OUTSIDE_CIRCLE } from './finish.js';
import { Motion } from './motion.js';

const acquisition = straightAcquisition([0]);
const { rows, columns } = acquisition;

/** A square of 40 HU in air, with a bright rim of 4 pixels; padding in the first row. */
function square(): Float32Array {
  const image = new Float32Array(rows * columns).fill(AIR);
  image.fill(OUTSIDE_CIRCLE, 0, columns);
  for (let row = 60; row < 200; row++) {
    for (let column = 60; column < 200; column++) {
      const isRim = Math.min(row - 60, 199 - row, column - 60, 199 - column) < 4;
      image[row * columns + column] = isRim ? 1000 : 40;
    }
  }
  return image;
}

const isSame = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length && Array.from(a).every((value, i) => value === b[i]);

const move = (plan: { share: number; strength: number }, name = 'motion') => {
  const image = square();
  new Motion(plan, acquisition).apply(image, createRandom(name));
  return image;
};

describe('Motion', () => {
  it('leaves slices alone in which nothing moved', () => {
    expect(isSame(move({ share: 0, strength: 1 }), square())).toBe(true);
  });

  it('changes nothing where the head moved by nothing', () => {
    // Weights of the four positions add up to one: float32 rounds the sum.
    const [before, after] = [square(), move({ share: 1, strength: 0 })];
    expect(after.every((hu, pixel) => Math.abs(hu - before[pixel]!) < 1e-3)).toBe(true);
  });

  it('keeps at least 0.55 of an edge in its first place, and shows some of it in another', () => {
    const before = square();
    for (const name of ['a', 'b', 'c', 'd']) {
      const after = move({ share: 1, strength: 1 }, name);
      let doubled = 0;
      let lowest = Infinity;
      for (const [pixel, hu] of after.entries()) {
        // Of 2000 HU between bone and air at most 0.45 go; streaks add up to about 30.
        if (before[pixel] === 1000) lowest = Math.min(lowest, hu);
        if (before[pixel] === AIR && hu > -900) doubled++;
      }
      expect(lowest).toBeGreaterThan(1000 - 0.45 * 2000 - 60);
      expect(doubled).toBeGreaterThan(100);
    }
  });

  it('leaves the padding outside the circle as it is', () => {
    expect(move({ share: 1, strength: 1 }).slice(0, columns)).toEqual(square().slice(0, columns));
  });
});

describe('a study of a restless patient', () => {
  const patient = { set: 'train', index: 2, kinds: ['subdural'], studies: 1 } as const;
  const study = (varieties: readonly 'motion'[]) =>
    createStudy(patient, 0, { seed: 77, size: 64, varieties }, true);

  it('differs in some slices; area and mask of blood do not', () => {
    const [still, moved] = [study([]), study(['motion'])];
    let changed = 0;
    for (const slice of still.acquisition.positions.keys()) {
      const before = still.renderer.render(slice);
      const after = moved.renderer.render(slice);
      expect(after.area).toEqual(before.area);
      expect(isSame(after.mask ?? [], before.mask ?? [])).toBe(true);
      if (after.hounsfield.some((hu, pixel) => hu !== before.hounsfield[pixel])) changed++;
    }
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(still.acquisition.positions.length);
  });
});
