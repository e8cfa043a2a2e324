import { describe, expect, it } from 'vitest';
import { fixPixelRepresentation } from './pixel-representation.js';

describe('fixPixelRepresentation', () => {
  it('adds 1000, wraps at 4096 and sets the intercept to -1000', () => {
    const stored = Uint16Array.of(0, 1000, 3095, 3096, 4095);
    const fixed = fixPixelRepresentation(stored, { PixelRepresentation: 0, RescaleIntercept: 0 });
    // 3095 + 1000 = 4095 stays, 3096 + 1000 = 4096 -> 0, 4095 + 1000 = 5095 -> 999.
    expect(fixed).toEqual({
      data: Int16Array.of(1000, 2000, 4095, 0, 999),
      RescaleIntercept: -1000,
      fixed: true,
    });
    expect([...stored]).toEqual([0, 1000, 3095, 3096, 4095]);
  });

  it('holds from an intercept of -100 on, not below, and not for signed files', () => {
    const data = Uint16Array.of(1);
    expect(fixPixelRepresentation(data, { PixelRepresentation: 0, RescaleIntercept: -100 }).fixed).toBe(true);
    for (const attributes of [
      { PixelRepresentation: 0, RescaleIntercept: -101 },
      { PixelRepresentation: 1, RescaleIntercept: 0 },
    ] as const) {
      expect(fixPixelRepresentation(data, attributes)).toEqual({
        data,
        RescaleIntercept: attributes.RescaleIntercept,
        fixed: false,
      });
    }
  });

  it('does not overflow on values that are no 12-bit ones', () => {
    const data = Uint16Array.of(65535);
    const fixed = fixPixelRepresentation(data, { PixelRepresentation: 0, RescaleIntercept: 0 });
    expect([...fixed.data]).toEqual([65535 + 1000 - 4096]);
  });
});
