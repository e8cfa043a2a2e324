import { grayPicture, displayWindows, encodePng } from '@ichor/windowing/pictures';
import { decode } from 'fast-png';
import { expect, it } from 'vitest';

it('runs the first example of the README', () => {
  const slice = { width: 2, height: 1, data: Int16Array.of(0, 80) };
  const png = encodePng(grayPicture(slice, displayWindows.brain));
  expect([...decode(png).data]).toEqual([0, 255]);
});
