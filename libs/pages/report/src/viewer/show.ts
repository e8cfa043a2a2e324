import { announce } from './announce.js';
import { canvas, element, present, study, type DisplayWindow } from './page.js';
import { paint } from './paint.js';
import { sliceAt, type UnpackedSlice } from './slices.js';
import { fitTo, resetZoom } from './zoom.js';

/** What the viewer shows: the slice, the window, and whether its heat map is over it. */
const context = present(canvas.getContext('2d'));
const [firstWindow] = study.windows;
const heatButton = element<HTMLButtonElement>('#heat');
const centerField = element<HTMLInputElement>('#window-center');
const widthField = element<HTMLInputElement>('#window-width');

let current = study.first;
let shown: DisplayWindow = present(firstWindow);
let showsHeat = false;

export const currentSlice = (): number => current;
export const currentWindow = (): DisplayWindow => shown;

export function showSlice(index: number): void {
  current = Math.min(Math.max(index, 0), study.count - 1);
  document.dispatchEvent(new CustomEvent('ichor:slice', { detail: current }));
  void draw();
}

/** Windows are at least one Hounsfield unit wide, and lie where CT has values. */
export function showWindow({ center, width }: DisplayWindow): void {
  shown = {
    center: Math.min(Math.max(center, -1024), 4095),
    width: Math.min(Math.max(width, 1), 8000),
  };
  void draw();
}

export function toggleHeat(): void {
  showsHeat = !showsHeat;
  void draw();
}

export function reset(): void {
  showsHeat = false;
  resetZoom();
  showWindow(present(firstWindow));
}

async function draw(): Promise<void> {
  const wanted = current;
  const slice = await sliceAt(wanted);
  if (wanted !== current) return;
  canvas.width = slice.width;
  canvas.height = slice.height;
  const image = context.createImageData(slice.width, slice.height);
  paint(image, slice, shown, showsHeat);
  context.putImageData(image, 0, 0);
  fitTo(slice);
  describe(slice);
  canvas.dataset['drawn'] = String(wanted);
}

/** Everything around the picture. */
function describe(slice: UnpackedSlice): void {
  const { center, width } = shown;
  const preset = study.windows.find((one) => one.center === center && one.width === width);
  const isHeatShown = showsHeat && slice.heat !== undefined;
  element('#viewport-caption').textContent =
    `slice ${current + 1} of ${study.count}, ` +
    `${preset?.name ?? 'own'} window ${Math.round(center)}/${Math.round(width)} HU` +
    (isHeatShown ? `, heat map of ${present(slice.heat).label}` : '');
  for (const mark of document.querySelectorAll<HTMLElement>('[data-mark]')) {
    mark.textContent = slice.marks?.[present(mark.dataset['mark'])] ?? '';
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-window]')) {
    button.setAttribute('aria-pressed', String(button.dataset['window'] === preset?.name));
  }
  for (const [field, value] of [
    [centerField, center],
    [widthField, width],
  ] as const) {
    if (document.activeElement !== field) field.value = String(Math.round(value));
  }
  heatButton.disabled = slice.heat === undefined;
  heatButton.title = slice.noHeat ?? '';
  heatButton.setAttribute('aria-pressed', String(showsHeat));
  element('#heat-why').textContent = slice.noHeat ?? '';
  element('#heat-scale').hidden = !isHeatShown;
  announce(current, slice);
}
