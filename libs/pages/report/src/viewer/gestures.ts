import { viewportBox } from './page.js';
import { currentSlice, currentWindow, showSlice, showWindow } from './show.js';
import { moveBy, zoomFromTo, type Point } from './zoom.js';

/* A wheel has notches of 100 pixels or 3 lines; a touchpad sends many small steps, which add up to one. */
const notch = 40;
let rolled = 0;

viewportBox.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault();
    if (event.ctrlKey) {
      const pointer = { x: event.clientX, y: event.clientY };
      zoomFromTo(Math.exp(-event.deltaY / 300), pointer, pointer);
      return;
    }
    rolled += event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * notch;
    if (Math.abs(rolled) < notch) return;
    showSlice(currentSlice() - Math.sign(rolled));
    rolled = 0;
  },
  { passive: false },
);

const fingers = new Map<number, Point>();

/** One of two fingers moves: the same part of the picture stays between them. */
function pinch(before: Point, now: Point, other: Point): void {
  const apart = (one: Point) => Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
  const between = (one: Point) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
  zoomFromTo(apart(now) / apart(before), between(before), between(now));
}

/*
 * Dragging changes the window as on a workstation: across its width, up and down its centre. With the Shift key or the
 * middle button it moves the picture; two fingers move and enlarge it.
 */
viewportBox.addEventListener('pointermove', (event) => {
  const now = { x: event.clientX, y: event.clientY };
  const before = fingers.get(event.pointerId);
  const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
  if (before) fingers.set(event.pointerId, now);
  if (before && other) {
    pinch(before, now, other);
  } else if (event.buttons & 4 || (event.buttons & 1 && event.shiftKey)) {
    moveBy(event.movementX, event.movementY);
  } else if (event.buttons & 1) {
    const { center, width } = currentWindow();
    showWindow({ center: center - event.movementY, width: width + event.movementX });
  }
});
viewportBox.addEventListener('pointerdown', (event) => {
  viewportBox.setPointerCapture(event.pointerId);
  if (event.pointerType === 'touch') fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
});
for (const end of ['pointerup', 'pointercancel'] as const) {
  viewportBox.addEventListener(end, (event) => fingers.delete(event.pointerId));
}
