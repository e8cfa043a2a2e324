import { present } from '@ichor/files/present';
import { enlarge, type HeatMap } from './resize.js';
import type { GrayPicture } from './gray.js';

/** Three bytes a pixel: red, green, blue. */
export interface ColorPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Black-body colours through which the picture below stays visible: dark red, red, orange, pale yellow. */
const stops: readonly (readonly [red: number, green: number, blue: number])[] = [
  [64, 0, 32],
  [200, 24, 24],
  [255, 140, 0],
  [255, 240, 160],
];

/** Colour of a heat of 0..1. */
function heatColor(heat: number): readonly [red: number, green: number, blue: number] {
  const place = Math.min(Math.max(heat, 0), 1) * (stops.length - 1);
  const lower = Math.min(Math.floor(place), stops.length - 2);
  const rest = place - lower;
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(present(stops[lower])[channel] * (1 - rest) + present(stops[lower + 1])[channel] * rest);
  return [mix(0), mix(1), mix(2)];
}

/** Heat is shown in so many steps: its colours are a table that pages can carry. */
const steps = 256;

/** The place of a heat of 0..1 in {@link heatColors}. */
const heatStep = (heat: number): number => Math.round((steps - 1) * Math.min(Math.max(heat, 0), 1));

/** The colour of each step of heat, three bytes a step, from 0 to 1. */
export const heatColors: Uint8Array = Uint8Array.from(
  Array.from({ length: steps }, (_, step) => heatColor(step / (steps - 1))).flat(),
);

/** How much of the picture the greatest heat hides. */
export const heatOpacity = 0.6;

/**
 * Lays a heat map over a picture. The map is stretched to the size of the picture;
 * the hotter, the more opaque (at most `opacity`), and cold places show the picture alone.
 */
export function overlayHeat(picture: GrayPicture, map: HeatMap, opacity = heatOpacity): ColorPicture {
  const { width, height } = picture;
  const heat = enlarge(map, width, height).data;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < heat.length; i++) {
    const alpha = opacity * Math.min(Math.max(heat[i]!, 0), 1);
    const color = 3 * heatStep(heat[i]!);
    for (let channel = 0; channel < 3; channel++) {
      data[3 * i + channel] = Math.round(
        picture.data[i]! * (1 - alpha) + heatColors[color + channel]! * alpha,
      );
    }
  }
  return { width, height, data };
}
