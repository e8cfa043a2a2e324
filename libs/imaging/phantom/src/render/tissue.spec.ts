import { describe, expect, it } from 'vitest';
import type { Variation } from '../head/variation.js';
import { at, HALF, renderAt, SIZE, SPACING } from '../testing/straight-head.js';

describe('tissues at known points', () => {
  const [eyes, thalami, ventricles, centrum] = renderAt([-28, 4, 14, 36]);
  if (!eyes || !thalami || !ventricles || !centrum) throw new Error('four slices');

  it('cerebrospinal fluid in the lateral ventricles: 0 to 12 HU', () => {
    for (const x of [8, -8]) {
      expect(at(ventricles, x, -22)).toBeGreaterThanOrEqual(0);
      expect(at(ventricles, x, -22)).toBeLessThanOrEqual(12);
    }
  });

  it('white matter in the centrum semiovale: 25 to 32 HU', () => {
    for (const x of [24, -24]) {
      expect(at(centrum, x, 5)).toBeGreaterThanOrEqual(25);
      expect(at(centrum, x, 5)).toBeLessThanOrEqual(32);
    }
  });

  it('gray matter in the thalami: 34 to 42 HU', () => {
    for (const x of [11, -11]) {
      expect(at(thalami, x, 8)).toBeGreaterThanOrEqual(34);
      expect(at(thalami, x, 8)).toBeLessThanOrEqual(42);
    }
  });

  it('bone on a ray through the side of the vault: up to 800 to 1800 HU', () => {
    const ray = Array.from({ length: 40 }, (_, i) => at(centrum, 45 + i, 0));
    expect(Math.max(...ray)).toBeGreaterThan(800);
    expect(Math.max(...ray)).toBeLessThan(1800);
  });

  it('globes of 5 to 30 HU in orbital fat of -110 to -60 HU', () => {
    for (const x of [32, -32]) {
      expect(at(eyes, x, -73)).toBeGreaterThan(5);
      expect(at(eyes, x, -73)).toBeLessThan(30);
    }
    expect(at(eyes, 24, -56)).toBeGreaterThan(-110);
    expect(at(eyes, 24, -56)).toBeLessThan(-60);
  });

  it('air outside and in the sphenoid sinus', () => {
    expect(at(ventricles, -118, -118)).toBe(-1000);
    expect(at(eyes, 5, -24)).toBeLessThan(-800);
  });
});

describe('the vertex', () => {
  const heights = [14, 62];
  const [, plain] = renderAt(heights);
  if (!plain) throw new Error('two slices');
  const top = (variation: Partial<Variation>) => renderAt(heights, variation);
  /** HU of the upper slice above those of the plain one. */
  const added = (variation: Partial<Variation>, x: number, y: number) =>
    at(top(variation)[1] ?? plain, x, y) - at(plain, x, y);

  it('cupping brightens all brain there alike', () => {
    expect(added({ cupping: 10 }, 12, 4)).toBe(10);
    expect(added({ cupping: 10 }, -12, -14)).toBe(10);
  });

  it('sinus and falx brighten the midline: all of it at x = 0, 1/e at 4 mm, nothing at 15 mm', () => {
    const at4 = added({ lengthwise: 20 }, 4 * 0.95, 10);
    // Interpolated between nodes some millimetres apart, so a little less than 20.
    expect(added({ lengthwise: 20 }, 0, 10)).toBeGreaterThanOrEqual(17);
    expect(added({ lengthwise: 20 }, 0, 10)).toBeLessThanOrEqual(20);
    // 20 exp(-(3.8 / 4)^2) = 8.1; at the pixel nearest to the place, up to half a pixel away.
    expect(at4).toBeGreaterThan(5);
    expect(at4).toBeLessThan(12);
    expect(added({ lengthwise: 20 }, 15, 10)).toBe(0);
  });

  it('bone brightens the brain beside it most', () => {
    const beside = added({ underVertex: 30 }, 24, 0);
    expect(beside).toBeGreaterThan(added({ underVertex: 30 }, 8, 0));
    expect(added({ underVertex: 30 }, 8, 0)).toBeGreaterThan(0);
    expect(beside).toBeLessThanOrEqual(30);
  });

  it('hollows change the inner table at the top, neither the skin nor lower slices', () => {
    const [low, high] = top({ impressions: 1.6 });
    expect(low).toEqual(renderAt(heights)[0]);
    const changed = [...(high ?? plain)].flatMap((value, i) => (value === plain[i] ? [] : [i]));
    expect(changed.length).toBeGreaterThan(50);
    // All within the section of the inner table, an ellipse of about 65 x 85 mm times the root of 1 - (62 / 73)^2,
    // and 16 mm: hollows of a few mm in a table that climbs slowly. The skin is 20 mm from it there.
    const root = Math.sqrt(1 - (62 / 73) ** 2);
    for (const i of changed) {
      const [x, y] = [(i % SIZE) * SPACING - HALF, Math.floor(i / SIZE) * SPACING - HALF];
      expect((x / (65 * root + 16)) ** 2 + (y / (85 * root + 16)) ** 2).toBeLessThan(1);
    }
  });
});
