import { element, present, study } from './page.js';
import type { Slice } from './slices.js';

const announcement = element('#announcement');
let resting: ReturnType<typeof setTimeout> | undefined;

/** The text that a screen reader says about the slice when the scrolling has stopped. */
export function announce(index: number, { marks }: Slice): void {
  clearTimeout(resting);
  resting = setTimeout(() => {
    const side = marks
      ? `, left edge ${present(marks['left'])}, top ${present(marks['top'])}`
      : ', orientation unknown';
    const text = `slice ${index + 1} of ${study.count}${side}`;
    if (announcement.textContent !== text) announcement.textContent = text;
  }, 300);
}
