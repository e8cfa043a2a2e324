import { canvas, element, viewportBox } from './page.js';
import { currentSlice } from './show.js';
import { sliceAt } from './slices.js';

const output = element<HTMLOutputElement>('#hounsfield');

/** Hounsfield units of the pixel under the pointer. Pixels were clamped at both ends, see `encodeSlice`. */
async function tell({ clientX, clientY }: PointerEvent): Promise<void> {
  const index = currentSlice();
  const { width, height, values } = await sliceAt(index);
  if (index !== currentSlice()) return;
  const shown = canvas.getBoundingClientRect();
  const x = Math.floor(((clientX - shown.left) / shown.width) * width);
  const y = Math.floor(((clientY - shown.top) / shown.height) * height);
  const value = x >= 0 && y >= 0 && x < width && y < height ? values[y * width + x] : undefined;
  const clamped = value === -400 ? '≤ ' : value === 4095 ? '≥ ' : '';
  output.textContent = value === undefined ? '' : `${clamped}${value} HU`;
}

viewportBox.addEventListener('pointermove', (event) => void tell(event));
viewportBox.addEventListener('pointerleave', () => (output.textContent = ''));
