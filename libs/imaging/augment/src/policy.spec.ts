import { describe, expect, it } from 'vitest';
import { drawAugmentation, type AugmentationPolicy } from './policy.js';
import { RandomStream } from '@ichor/files/random';

const policy: AugmentationPolicy = {
  crop: { kind: 'resized', area: [0.7, 1], aspect: [3 / 4, 4 / 3] },
  flipHorizontal: 0.5,
  rotate: { degrees: 30 },
  brightnessContrast: { brightness: 0.08, contrast: 0.08 },
};
const source = { rows: 400, columns: 512 };
const draws = Array.from({ length: 2000 }, (_, i) =>
  drawAugmentation(policy, source, 224, 224, new RandomStream(20, 0, `ID_${i}`, 0)),
);
const share = (test: (draw: (typeof draws)[number]) => boolean): number =>
  draws.filter(test).length / draws.length;

describe('drawAugmentation', () => {
  it('keeps crops inside of the slice and of the limits', () => {
    for (const { geometry } of draws) {
      const { top, left, rows, columns } = geometry.crop;
      expect(
        Math.min(top, left, source.rows - top - rows, source.columns - left - columns),
      ).toBeGreaterThanOrEqual(0);
      // Half a pixel of rounding on each side of a crop; the square of the short side has 78 % of the area.
      expect((rows * columns) / (400 * 512)).toBeGreaterThan(0.695);
      expect(columns / rows).toBeGreaterThan(0.745);
      expect(columns / rows).toBeLessThan(1.34);
    }
  });

  it('applies each part with its probability', () => {
    // 2000 draws: one standard deviation is 0.011.
    expect(share(({ geometry }) => geometry.flipHorizontal)).toBeCloseTo(0.5, 1);
    expect(share(({ geometry }) => geometry.angle !== 0)).toBeCloseTo(0.5, 1);
    expect(share(({ contrast }) => contrast.gain !== 1)).toBeCloseTo(0.5, 1);
    expect(share(({ geometry }) => geometry.flipVertical || geometry.transpose)).toBe(0);
    expect(Math.max(...draws.map(({ geometry }) => geometry.angle))).toBeGreaterThan(28);
    expect(Math.min(...draws.map(({ contrast }) => contrast.offset))).toBeLessThan(-0.07);
  });

  it('flips one way, the other or both, each as often', () => {
    const kinds = new Map<string, number>();
    for (let i = 0; i < 3000; i++) {
      const { geometry } = drawAugmentation({ flip: 0.3 }, source, 224, 224, new RandomStream('flip', i));
      const kind = `${geometry.flipHorizontal ? 'h' : ''}${geometry.flipVertical ? 'v' : ''}`;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    // 3000 draws: 300 of each with a standard deviation of 16, and 2100 without.
    for (const kind of ['h', 'v', 'hv'])
      expect(Math.abs((kinds.get(kind) ?? 0) - 300), kind).toBeLessThan(66);
    expect(Math.abs((kinds.get('') ?? 0) - 2100)).toBeLessThan(100);
  });

  it('falls back to a square when no crop fits', () => {
    const { geometry } = drawAugmentation(
      { crop: { kind: 'resized', area: [1, 1], aspect: [3, 4] } },
      source,
      224,
      224,
      new RandomStream('square'),
    );
    expect([geometry.crop.rows, geometry.crop.columns]).toEqual([400, 400]);
  });

  it('trims up to the given number of pixels', () => {
    const trims = Array.from({ length: 500 }, (_, i) => {
      const { geometry } = drawAugmentation(
        { crop: { kind: 'trim', pixels: 10 } },
        source,
        512,
        512,
        new RandomStream('trim', i),
      );
      return source.rows - geometry.crop.rows;
    });
    expect([...new Set(trims)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('depends only on its key', () => {
    const draw = (...key: readonly (number | string)[]) =>
      drawAugmentation(policy, source, 224, 224, new RandomStream(...key));
    expect(draw(20, 1, 'ID_a', 0)).toEqual(draw(20, 1, 'ID_a', 0));
    expect(draw(20, 1, 'ID_a', 0)).not.toEqual(draw(20, 2, 'ID_a', 0));
    expect(draw(20, 1, 'ID_a', 0)).not.toEqual(draw(20, 1, 'ID_a', 1));
    expect(draw(20, 1, 'ID_a', 0)).not.toEqual(draw(20, 1, 'ID_b', 0));
  });
});
