import { element, present, study, viewportBox } from './page.js';
import { currentSlice, currentWindow, reset, showSlice, showWindow, toggleHeat } from './show.js';
import { zoomMiddle } from './zoom.js';

/** Buttons, fields and keys. */
function toggleHelp(): void {
  const help = element('#help');
  help.hidden = !help.hidden;
  element('[data-action="help"]').setAttribute('aria-expanded', String(!help.hidden));
}

const actions: Readonly<Record<string, () => void>> = {
  'zoom-in': () => zoomMiddle(1.5),
  'zoom-out': () => zoomMiddle(1 / 1.5),
  heat: toggleHeat,
  reset,
  help: toggleHelp,
};
for (const button of document.querySelectorAll<HTMLElement>('[data-action]')) {
  button.addEventListener('click', () => actions[present(button.dataset['action'])]?.());
}
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-window]')) {
  const preset = study.windows.find(({ name }) => name === button.dataset['window']);
  button.addEventListener('click', () => showWindow(present(preset)));
}

for (const part of ['center', 'width'] as const) {
  const field = element<HTMLInputElement>(`#window-${part}`);
  field.addEventListener('input', () => {
    // An incomplete or empty number changes nothing yet.
    if (Number.isFinite(field.valueAsNumber)) showWindow({ ...currentWindow(), [part]: field.valueAsNumber });
  });
  field.addEventListener('change', () => (field.value = String(Math.round(currentWindow()[part]))));
}

const step = (slices: number) => () => showSlice(currentSlice() + slices);
const keys: Readonly<Record<string, () => void>> = {
  ArrowUp: step(1),
  ArrowRight: step(1),
  ArrowDown: step(-1),
  ArrowLeft: step(-1),
  PageUp: step(5),
  PageDown: step(-5),
  Home: () => showSlice(0),
  End: () => showSlice(study.count - 1),
  h: toggleHeat,
  r: reset,
  '+': () => zoomMiddle(1.5),
  '-': () => zoomMiddle(1 / 1.5),
  '?': toggleHelp,
};

function actionOf(key: string): (() => void) | undefined {
  const preset = /^[1-9]$/.test(key) ? study.windows[Number(key) - 1] : undefined;
  return preset ? () => showWindow(preset) : keys[key];
}

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
  // Where the viewer is out of sight, keys scroll the page.
  const { top, bottom } = viewportBox.getBoundingClientRect();
  if (bottom < 0 || top > innerHeight) return;
  const action = actionOf(event.key);
  if (!action) return;
  event.preventDefault();
  action();
});
