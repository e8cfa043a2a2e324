import { bytesOf, study, type DisplayWindow } from './page.js';
import type { UnpackedSlice } from './slices.js';

const heatColors = bytesOf(study.heat.colors);

/** A slice in a window, as `grayPicture`, with its heat map over it, as `overlayHeat`. */
export function paint(
  image: ImageData,
  slice: UnpackedSlice,
  { center, width }: DisplayWindow,
  heat: boolean,
): void {
  const { values } = slice;
  const lowest = center - width / 2;
  for (let i = 0; i < values.length; i++) {
    const gray = ((values[i]! - lowest) / width) * 255;
    image.data[4 * i] = image.data[4 * i + 1] = image.data[4 * i + 2] = gray;
    image.data[4 * i + 3] = 255;
  }
  if (heat && slice.heat) overlay(image, slice.heat, slice.cells);
}

interface Cells {
  readonly width: number;
  readonly height: number;
}

function overlay(image: ImageData, map: Cells, cells: Uint8Array): void {
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const heat = heatAt(map, cells, (x + 0.5) / image.width, (y + 0.5) / image.height);
      const alpha = study.heat.opacity * (heat / 255);
      const color = 3 * Math.round(heat);
      const at = 4 * (y * image.width + x);
      for (let channel = 0; channel < 3; channel++) {
        image.data[at + channel] =
          image.data[at + channel]! * (1 - alpha) + heatColors[color + channel]! * alpha;
      }
    }
  }
}

/** Heat of 0 to 255 at a place of the picture of 0 to 1, interpolated between the middles of the cells. */
function heatAt({ width, height }: Cells, cells: Uint8Array, x: number, y: number): number {
  const u = Math.min(Math.max(x * width - 0.5, 0), width - 1);
  const v = Math.min(Math.max(y * height - 0.5, 0), height - 1);
  const left = Math.floor(u);
  const top = Math.floor(v);
  const right = Math.min(left + 1, width - 1);
  const bottom = Math.min(top + 1, height - 1);
  const across = u - left;
  const row = (at: number) => cells[at * width + left]! * (1 - across) + cells[at * width + right]! * across;
  return row(top) * (1 - (v - top)) + row(bottom) * (v - top);
}
