import { describe, expect, it } from 'vitest';
import { drawMarks } from './draw-marks.js';

const axial = { left: 'R', right: 'L', top: 'A', bottom: 'P' };
const gray = (width: number, height: number) => ({
  width,
  height,
  data: new Uint8Array(3 * width * height).fill(90),
});

/** The picture as text: # for the letters, a space for their outline, a dot for what stays. */
function drawn(width: number, height: number, marks = axial): string[] {
  const { data } = drawMarks(gray(width, height), marks);
  const at = (i: number) => (data[3 * i] === 255 ? '#' : data[3 * i] === 0 ? ' ' : '.');
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => at(y * width + x)).join(''),
  );
}

describe('drawMarks', () => {
  it('writes each letter at its edge, with an outline', () => {
    expect(drawn(31, 31)).toMatchInlineSnapshot(`
      [
        "...............................",
        ".............     .............",
        "............  ###  ............",
        "............ #   # ............",
        "............ #   # ............",
        "............ ##### ............",
        "............ #   # ............",
        "............ # . # ............",
        "............ # . # ............",
        "............   .   ............",
        "...............................",
        ".      ................   .....",
        ". ####  ............... # .....",
        ". #   # ............... # .....",
        ". #   # ............... # .....",
        ". ####  ............... # .....",
        ". # #  ................ # .....",
        ". #  #  ............... #     .",
        ". #   # ............... ##### .",
        ".   .   ...............       .",
        "...............................",
        "............      .............",
        "............ ####  ............",
        "............ #   # ............",
        "............ #   # ............",
        "............ ####  ............",
        "............ #    .............",
        "............ # ................",
        "............ # ................",
        "............   ................",
        "...............................",
      ]
    `);
  });

  it('leaves the picture that it was given as it was, and draws outside of none that is too small', () => {
    const picture = gray(4, 4);
    drawMarks(picture, axial);
    expect(new Set(picture.data)).toEqual(new Set([90]));
  });

  it('writes two letters where an edge has two', () => {
    const letters = (marks: typeof axial) => drawn(64, 64, marks).join('').match(/#/g)!.length;
    // F has 5 + 1 + 1 + 4 + 1 + 1 + 1 = 14 dots more than nothing beside the P.
    expect(letters({ ...axial, bottom: 'PF' }) - letters(axial)).toBe(14);
  });
});
