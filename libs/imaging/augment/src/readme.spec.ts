import { expect, it } from 'vitest';
import { RandomStream } from '@ichor/files/random';
import {
  brainSubduralSoftTissuePlan,
  brainWindow,
  softTissueWindow,
  subduralWindow,
  windowBounds,
  windowSlice,
  withImagenetStatistics,
} from '@ichor/windowing';
import { drawAugmentation, render } from './index.js';

it('does what the README shows', () => {
  const hounsfield = new Int16Array(512 * 512).fill(30);

  const windows = [brainWindow, subduralWindow, softTissueWindow].map(windowBounds);
  const image = windowSlice(hounsfield, 512, 512, windows);
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
  render(image, augmentation, withImagenetStatistics(brainSubduralSoftTissuePlan), input);

  expect(input.every(Number.isFinite)).toBe(true);
});
