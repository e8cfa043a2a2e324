import { present } from '@ichor/files/present';
import { edges, type EdgeMarks } from './edge-marks.js';
import type { ColorPicture } from './heat.js';

/** The letters of {@link EdgeMarks}, 5 x 7 dots each. */
const glyphs: Readonly<Record<string, readonly string[]>> = {
  R: ['####.', '#...#', '#...#', '####.', '#.#..', '#..#.', '#...#'],
  L: ['#....', '#....', '#....', '#....', '#....', '#....', '#####'],
  A: ['.###.', '#...#', '#...#', '#####', '#...#', '#...#', '#...#'],
  P: ['####.', '#...#', '#...#', '####.', '#....', '#....', '#....'],
  H: ['#...#', '#...#', '#...#', '#####', '#...#', '#...#', '#...#'],
  F: ['#####', '#....', '#....', '####.', '#....', '#....', '#....'],
};
const [wide, high] = [5, 7];
/** A dot of room between letters, and to the edge. */
const gap = 1;

const color = [255, 224, 138] as const;
const outline = [0, 0, 0] as const;

/** A picture with the marks of its edges written into it, for viewers that write none; the letters have a dark outline. */
export function drawMarks(picture: ColorPicture, marks: EdgeMarks): ColorPicture {
  const marked = { ...picture, data: Uint8Array.from(picture.data) };
  // Letters are readable in pictures of each size, and small: seven of some 160 dots.
  const dot = Math.max(1, Math.round(Math.min(picture.width, picture.height) / 160));
  for (const edge of edges) {
    const text = marks[edge];
    const size = { width: (text.length * (wide + gap) - gap) * dot, height: high * dot };
    const middle = {
      x: Math.floor((picture.width - size.width) / 2),
      y: Math.floor((picture.height - size.height) / 2),
    };
    const margin = (gap + 1) * dot;
    const x = edge === 'left' ? margin : edge === 'right' ? picture.width - margin - size.width : middle.x;
    const y = edge === 'top' ? margin : edge === 'bottom' ? picture.height - margin - size.height : middle.y;
    [...text].forEach((letter, place) => drawLetter(marked, letter, x + place * (wide + gap) * dot, y, dot));
  }
  return marked;
}

function drawLetter(picture: ColorPicture, letter: string, left: number, top: number, dot: number): void {
  const rows = present(glyphs[letter], `the glyph of ${letter}`);
  const fill = (around: number, filling: readonly number[]) =>
    rows.forEach((row, v) =>
      [...row].forEach((one, u) => {
        if (one !== '#') return;
        for (let y = top + v * dot - around; y < top + (v + 1) * dot + around; y++) {
          for (let x = left + u * dot - around; x < left + (u + 1) * dot + around; x++) {
            if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) continue;
            picture.data.set(filling, 3 * (y * picture.width + x));
          }
        }
      }),
    );
  fill(1, outline);
  fill(0, color);
}
