import { describe, expect, it } from 'vitest';
import { edgeMarks } from './edge-marks.js';

const marks = (left: string, right: string, top: string, bottom: string) => ({ left, right, top, bottom });
const degrees = (angle: number) => (angle * Math.PI) / 180;

describe('edgeMarks', () => {
  // Rows of an axial slice run to the patient's left, columns to the back: his right is at the left edge.
  it.each<[string, number[], ReturnType<typeof marks>]>([
    ['an axial slice', [1, 0, 0, 0, 1, 0], marks('R', 'L', 'A', 'P')],
    ['one flipped left to right', [-1, 0, 0, 0, 1, 0], marks('L', 'R', 'A', 'P')],
    ['one flipped top to bottom', [1, 0, 0, 0, -1, 0], marks('R', 'L', 'P', 'A')],
    ['one turned by 180 degrees', [-1, 0, 0, 0, -1, 0], marks('L', 'R', 'P', 'A')],
    ['one turned by 90 degrees', [0, 1, 0, -1, 0, 0], marks('A', 'P', 'L', 'R')],
    ['a coronal slice', [1, 0, 0, 0, 0, -1], marks('R', 'L', 'H', 'F')],
    ['a sagittal slice', [0, 1, 0, 0, 0, -1], marks('A', 'P', 'H', 'F')],
    [
      'a gantry tilted by 20 degrees',
      [1, 0, 0, 0, Math.cos(degrees(20)), -Math.sin(degrees(20))],
      marks('R', 'L', 'A', 'P'),
    ],
    [
      'an oblique slice, 40 degrees from the back to the feet',
      [1, 0, 0, 0, Math.cos(degrees(40)), -Math.sin(degrees(40))],
      marks('R', 'L', 'AH', 'PF'),
    ],
    [
      'a head turned by 15 degrees',
      [Math.cos(degrees(15)), Math.sin(degrees(15)), 0, -Math.sin(degrees(15)), Math.cos(degrees(15)), 0],
      marks('R', 'L', 'A', 'P'),
    ],
    ['directions rounded to three digits', [0.966, 0.259, 0, -0.259, 0.966, 0], marks('R', 'L', 'A', 'P')],
  ])('of %s', (_, orientation, expected) => {
    expect(edgeMarks(orientation)).toEqual(expected);
  });

  it.each<[string, number[] | undefined]>([
    ['no orientation', undefined],
    ['zeros', [0, 0, 0, 0, 0, 0]],
    ['too few numbers', [1, 0, 0, 0, 1]],
    ['directions that are no unit', [2, 0, 0, 0, 1, 0]],
    ['directions that are not at a right angle', [1, 0, 0, 1, 0, 0]],
    ['what is no number', [1, 0, 0, 0, NaN, 0]],
  ])('are undefined for %s', (_, orientation) => {
    expect(edgeMarks(orientation)).toBeUndefined();
  });
});
