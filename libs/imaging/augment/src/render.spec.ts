import { readFileSync } from 'node:fs';
import {
  imagenetStatistics,
  windowSlice,
  type ChannelNormalization,
  type Normalization,
} from '@ichor/windowing';
import { describe, expect, it } from 'vitest';
import type { Augmentation } from './policy.js';
import { noAugmentation } from './policy.js';
import { render } from './render.js';

interface Fixture {
  readonly rows: number;
  readonly columns: number;
  readonly windows: readonly { readonly lower: number; readonly upper: number }[];
  readonly pixels: string;
  readonly smooth: string;
  readonly cases: readonly (Augmentation & {
    readonly name: string;
    readonly source: 'pixels' | 'smooth';
    readonly expected: string;
  })[];
}

// Made by fixtures/make_opencv.py.
const fixture = JSON.parse(readFileSync(new URL('fixtures/opencv.json', import.meta.url), 'utf8')) as Fixture;
const bytes = (base64: string): ArrayBuffer => new Uint8Array(Buffer.from(base64, 'base64')).buffer;

const each = (...kinds: ChannelNormalization[]): Normalization => ({
  channels: kinds.map((normalization) => ({ normalization })),
});

function errors(actual: Float32Array, expected: Float32Array): { max: number; mean: number } {
  let max = 0;
  let sum = 0;
  expected.forEach((value, i) => {
    const error = Math.abs(actual[i]! - value);
    max = Math.max(max, error);
    sum += error;
  });
  return { max, mean: sum / expected.length };
}

describe('render, compared with OpenCV', () => {
  for (const { name, source, expected, ...augmentation } of fixture.cases) {
    for (const kind of ['whole', 'fractional'] as const) {
      it(`${name}, ${kind} HU`, () => {
        const whole = new Int16Array(bytes(fixture[source]));
        const pixels = kind === 'whole' ? whole : Float32Array.from(whole);
        const image = windowSlice(
          pixels,
          fixture.rows,
          fixture.columns,
          fixture.windows.map(({ lower, upper }) => ({ low: lower, high: upper })),
        );
        const target = new Float32Array(bytes(expected));
        const output = new Float32Array(target.length).fill(NaN);
        render(image, augmentation, each('mean', 'mean', 'mean'), output);
        const error = errors(output, target);
        const { angle, rows } = augmentation.geometry;
        if (angle === 0) {
          // Whole HU: weights of 14 bits and single-precision positions. The brain window's steepest step is 1.
          expect(error.max).toBeLessThan(kind === 'whole' ? 2e-4 : 2e-6);
        } else if (rows === fixture.rows) {
          // warpAffine rounds positions to 1/32 pixel; neighbours differ by up to 0.5 in this picture.
          expect(error.max).toBeLessThan(0.5 / 32);
          expect(error.mean).toBeLessThan(0.002);
        } else {
          // OpenCV interpolates twice here, which flattens the crests of waves 20 pixels long.
          expect(error.max).toBeLessThan(0.03);
          expect(error.mean).toBeLessThan(0.006);
        }
      });
    }
  }
});

describe('render', () => {
  const pixels = Int16Array.from({ length: 48 }, (_, i) => (i % 8) * 20 - 30);
  const image = windowSlice(pixels, 6, 8, [{ low: 0, high: 80 }]);

  it('stretches a channel to 0..1 and standardizes it', () => {
    const output = new Float32Array(48);
    render(
      image,
      noAugmentation(image, 6, 8),
      { ...each('minmax'), standardize: imagenetStatistics },
      output,
    );
    // HU -30, -10, 10, 30, 50, 70, 90, 110 are 0, 0, 1/8, 3/8, 5/8, 7/8, 1, 1 in the window.
    [0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1].forEach((value, x) => {
      expect(output[x]).toBeCloseTo((value - 0.485) / 0.229, 5);
    });
  });

  it('normalizes each channel by its own rule', () => {
    const two = windowSlice(pixels, 6, 8, [
      { low: 0, high: 80 },
      { low: -30, high: 330 },
    ]);
    const output = new Float32Array(96);
    render(two, noAugmentation(two, 6, 8), each('none', 'minmax-mean'), output);
    expect(output[3]).toBeCloseTo(0.375, 5);
    // HU -30..110 in the window: 0 .. 140/360; stretched: x / 7; mean 1/2.
    [0, 1, 2, 3, 4, 5, 6, 7].forEach((x) => {
      expect(output[48 + x]).toBeCloseTo(x / 7 - 0.5, 5);
    });
  });

  it('shows one value where the whole slice has one', () => {
    const air = windowSlice(new Int16Array(48).fill(-1000), 6, 8, [{ low: 0, high: 80 }]);
    const output = new Float32Array(48).fill(NaN);
    render(air, noAugmentation(air, 6, 8), each('minmax'), output);
    expect([...new Set(output)]).toEqual([0]);
  });

  it('takes the background of a rotation for zero before contrast', () => {
    const output = new Float32Array(48);
    const { geometry } = noAugmentation(image, 6, 8);
    render(
      image,
      { geometry: { ...geometry, angle: 45 }, contrast: { gain: 1.5, offset: 0.25 } },
      each('mean'),
      output,
    );
    expect(output[0]).toBe(0.25);
  });

  it('writes only from the given place on', () => {
    const output = new Float32Array(60).fill(7);
    render(image, noAugmentation(image, 6, 8), each('none'), output, 6);
    expect([...output.subarray(0, 6), ...output.subarray(54)]).toEqual(Array(12).fill(7));
  });

  it('names the crop or the output that does not fit', () => {
    const plain = noAugmentation(image, 6, 8);
    const output = new Float32Array(48);
    expect(() => render(image, plain, each('none'), output, 1)).toThrow(/an output of 49 values/);
    expect(() =>
      render(
        image,
        { ...plain, geometry: { ...plain.geometry, crop: { top: 0, left: 1, rows: 6, columns: 8 } } },
        each('none'),
        output,
      ),
    ).toThrow(/crop inside of 6 x 8/);
    expect(() =>
      render(
        image,
        { ...plain, geometry: { ...plain.geometry, interpolation: 'cubic', angle: 3 } },
        each('none'),
        output,
      ),
    ).toThrow(/rotation supports only linear/);
  });
});
