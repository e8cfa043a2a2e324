import { expect, it } from 'vitest';
import { drawAugmentation, imagenetStatistics, render, windowImage } from './index.js';
import { RandomStream } from '@ichor/files/random';

it('does what the README shows', () => {
  const hounsfield = new Int16Array(512 * 512).fill(30);

  const image = windowImage(hounsfield, 512, 512, [
    { lower: 0, upper: 80 },
    { lower: -20, upper: 180 },
    { lower: -150, upper: 230 },
  ]);
  const augmentation = drawAugmentation(
    {
      crop: { kind: 'resized', area: [0.7, 1], aspect: [3 / 4, 4 / 3] },
      flipHorizontal: 0.5,
      rotate: { degrees: 30 },
      brightnessContrast: { brightness: 0.08, contrast: 0.08 },
    },
    image,
    410,
    410,
    new RandomStream(20, 0, 'ID_0a1b2c3d4', 0), // seed, epoch, slice, pass
  );
  const input = new Float32Array(3 * 410 * 410);
  render(image, augmentation, { channel: 'mean', standardize: imagenetStatistics }, input);

  expect(input.every(Number.isFinite)).toBe(true);
});
