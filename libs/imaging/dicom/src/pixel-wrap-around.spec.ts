import { describe, expect, it } from 'vitest';
import { histogram } from './statistics.js';
import { undoPixelWrapAround } from './pixel-wrap-around.js';

const wrapped = {
  Modality: 'CT',
  ImageType: [],
  FrameType: [],
  BitsStored: 12,
  PixelRepresentation: 0,
  RescaleSlope: 1,
  RescaleIntercept: 0,
  RescaleType: undefined,
} as const;

describe('undoPixelWrapAround', () => {
  it('adds 1000, wraps at 4096 and sets the intercept to -1000', () => {
    const stored = Uint16Array.of(0, 1000, 3095, 3096, 4095);
    const fixed = undoPixelWrapAround(stored, wrapped);
    // 3095 + 1000 = 4095 stays, 3096 + 1000 = 4096 -> 0, 4095 + 1000 = 5095 -> 999.
    expect(fixed).toEqual({
      data: Int16Array.of(1000, 2000, 4095, 0, 999),
      RescaleSlope: 1,
      RescaleIntercept: -1000,
      fixed: true,
    });
    expect([...stored]).toEqual([0, 1000, 3095, 3096, 4095]);
  });

  it('counts the pixels of each value of a histogram', () => {
    // 1 of 200 pixels is not an air around a head; 2 of 200 are 1 %.
    const image = (air: number) => Uint16Array.from({ length: 200 }, (_, i) => (i < air ? 3100 : 40));
    for (const air of [0, 1, 2, 100]) {
      const counted = histogram(image(air));
      const ofValues = undoPixelWrapAround(counted.values, wrapped, counted.counts);
      expect([air, ofValues.fixed]).toEqual([air, air >= 2]);
      expect(undoPixelWrapAround(image(air), wrapped).fixed).toBe(ofValues.fixed);
    }
  });

  /** All hold 3096, but other attributes or other values; the right HU are stored * slope + intercept. */
  it.each([
    ['an intercept below -100', { RescaleIntercept: -101 }, [3096, 40]],
    ['signed pixels', { PixelRepresentation: 1 }, [3096, 40]],
    ['16 bits stored', { BitsStored: 16 }, [3096, 40]],
    ['13 bits stored', { BitsStored: 13 }, [3096, 40]],
    ['a slope of 2', { RescaleSlope: 2 }, [3096, 40]],
    ['an intercept of -50 and no value of 3096', { RescaleIntercept: -50 }, [0, 84, 950]],
    ['air cut off at 0, metal at the end of the range', {}, [0, 40, 4095]],
    ['air cut off at 0, a skull of metal', {}, [0, 0, 0, 34, 3500]],
  ] as const)('leaves other files alone: %s', (_, change, values) => {
    const data = Uint16Array.from(values);
    const attributes = { ...wrapped, ...change };
    const { RescaleSlope, RescaleIntercept } = attributes;
    expect(undoPixelWrapAround(data, attributes)).toEqual({
      data,
      RescaleSlope,
      RescaleIntercept,
      fixed: false,
    });
  });

  it('refuses files whose unit is not known', () => {
    expect(() => undoPixelWrapAround(Uint16Array.of(1), { ...wrapped, RescaleIntercept: undefined })).toThrow(
      expect.objectContaining({ code: 'dicom/missing-attribute', attribute: 'RescaleIntercept' }),
    );
  });
});
