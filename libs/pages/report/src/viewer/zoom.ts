import { canvas, element, present, viewportBox } from './page.js';
import type { Slice } from './slices.js';

/** The plane of the picture, enlarged and moved within the box. */
const plane = element('#viewport-plane');
const scale = element('#scale');
const greatestZoom = 16;

/** How much the plane is enlarged, and where its upper left corner lies in the box, in CSS pixels. */
let view = { zoom: 1, x: 0, y: 0 };
let millimetres: Slice['millimetres'];

/** Gives the picture the proportions of the head, also where pixels are not square, and the scale its length. */
export function fitTo(slice: Slice): void {
  ({ millimetres } = slice);
  const { width, height } = millimetres ?? slice;
  const ratio = width / height;
  canvas.style.width = `${100 * Math.min(1, ratio)}%`;
  canvas.style.height = `${100 * Math.min(1, 1 / ratio)}%`;
  place();
}

/** Keeps a part of the picture in the box, places it, and draws the scale bar. */
function place(): void {
  const { clientWidth, clientHeight } = viewportBox;
  view.zoom = Math.min(Math.max(view.zoom, 1), greatestZoom);
  view.x = Math.min(Math.max(view.x, clientWidth * (1 - view.zoom)), 0);
  view.y = Math.min(Math.max(view.y, clientHeight * (1 - view.zoom)), 0);
  plane.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
  scale.hidden = millimetres === undefined;
  if (millimetres === undefined) return;
  const perMillimetre = canvas.getBoundingClientRect().width / millimetres.width;
  // The longest of these that takes no more than a third of the box.
  const length = [100, 50, 20, 10, 5, 2, 1].find((mm) => mm * perMillimetre <= clientWidth / 3) ?? 1;
  present(scale.querySelector('i')).style.width = `${length * perMillimetre}px`;
  present(scale.querySelector('span')).textContent = `${length} mm`;
}

/** A place on the screen, in CSS pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Enlarges so that the part of the picture under one point of the screen moves to another point. */
export function zoomFromTo(factor: number, from: Point, to: Point): void {
  const { left, top } = viewportBox.getBoundingClientRect();
  const zoom = Math.min(Math.max(view.zoom * factor, 1), greatestZoom);
  const enlarged = zoom / view.zoom;
  view = {
    zoom,
    x: to.x - left - (from.x - left - view.x) * enlarged,
    y: to.y - top - (from.y - top - view.y) * enlarged,
  };
  place();
}

/** Enlarges around the middle of the box. */
export function zoomMiddle(factor: number): void {
  const { left, top, width, height } = viewportBox.getBoundingClientRect();
  const middle = { x: left + width / 2, y: top + height / 2 };
  zoomFromTo(factor, middle, middle);
}

export function moveBy(x: number, y: number): void {
  view.x += x;
  view.y += y;
  place();
}

export function resetZoom(): void {
  view = { zoom: 1, x: 0, y: 0 };
  place();
}

window.addEventListener('resize', place);
