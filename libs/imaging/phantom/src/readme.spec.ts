import { createStudy } from '@ichor/phantom';
import { grayPicture, displayWindows, encodePng } from '@ichor/windowing/pictures';
import { decode } from 'fast-png';
import { expect, it } from 'vitest';

it('runs the example of the README', () => {
  const patient = { set: 'train', index: 0, kinds: ['subdural'], studies: 1 } as const;
  const study = createStudy(patient, 0, { seed: 1, size: 128 });
  const slice = study.renderer.render(study.acquisition.positions.length >> 1);
  const image = { width: 128, height: 128, data: slice.hounsfield };
  const png = encodePng(grayPicture(image, displayWindows.brain));

  expect(decode(png).width).toBe(128);
  expect(slice.area.subdural).toBeGreaterThan(25);
});
