/*
 * The slice viewer of the study report. Runs in the page as a module of its own, without imports:
 * it reads the JSON of #study, draws on #viewport and notifies the rest of the page with `ichor:slice` events.
 */

interface Slice {
  width: number;
  height: number;
  pixels: string;
  /** What lies beyond each edge; absent where the file does not tell. */
  marks?: Record<string, string>;
  /** Across the whole picture. */
  millimetres?: number;
  heat?: { width: number; height: number; values: string; label: string };
}

interface Window {
  name: string;
  center: number;
  width: number;
}

interface StudyData {
  slices: Slice[];
  windows: Window[];
  first: number;
}

const element = <T extends Element>(selector: string): T => {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return found;
};

/** A value that the page always has. */
const present = <T>(value: T | null | undefined): T => {
  if (value === undefined || value === null) throw new Error('the page is incomplete');
  return value;
};

const study = JSON.parse(element('#study').textContent) as StudyData;
const canvas = element<HTMLCanvasElement>('#viewport');
const context = canvas.getContext('2d');
const caption = element<HTMLElement>('#viewport-caption');
const heatButton = element<HTMLButtonElement>('#heat');

const [firstWindow] = study.windows;
if (!context || !firstWindow) throw new Error('the page has no windows, or the browser no canvas');

let current = study.first;
let { center, width } = firstWindow;
let showHeat = false;
const box = element<HTMLElement>('#viewport-box');
const hounsfieldOutput = element<HTMLOutputElement>('#hounsfield');
const announcement = element<HTMLElement>('#announcement');
/** How much the picture is enlarged, and where its upper left corner lies in the box, in CSS pixels. */
let view = { zoom: 1, x: 0, y: 0 };
const unpacked = new Map<number, Promise<Int16Array>>();

async function inflate(text: string): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Undoes what encodeSlice did: Hounsfield units, rows from top to bottom. */
async function unpack(slice: Slice): Promise<Int16Array> {
  const bytes = await inflate(slice.pixels);
  const count = slice.width * slice.height;
  const values = new Int16Array(count);
  for (let i = 0; i < count; i++) {
    const zigzag = bytes[i]! | (bytes[count + i]! << 8);
    const difference = zigzag & 1 ? -((zigzag + 1) >> 1) : zigzag >> 1;
    const first = i % slice.width === 0;
    const above = i < slice.width ? 0 : values[i - slice.width]!;
    const left = first ? above : values[i - 1]!;
    const corner = first || i < slice.width ? above : values[i - slice.width - 1]!;
    const predicted =
      i < slice.width
        ? left
        : corner >= Math.max(left, above)
          ? Math.min(left, above)
          : corner <= Math.min(left, above)
            ? Math.max(left, above)
            : left + above - corner;
    values[i] = difference + predicted;
  }
  return values;
}

function pixelsOf(index: number, slice: Slice): Promise<Int16Array> {
  const known = unpacked.get(index) ?? unpack(slice);
  unpacked.set(index, known);
  return known;
}

/** Heat 0..1 at a place of the picture, interpolated between the cells of the map. */
function heatAt(heat: NonNullable<Slice['heat']>, cells: string, x: number, y: number): number {
  const u = Math.min(Math.max(x * heat.width - 0.5, 0), heat.width - 1);
  const v = Math.min(Math.max(y * heat.height - 0.5, 0), heat.height - 1);
  const left = Math.floor(u);
  const top = Math.floor(v);
  const right = Math.min(left + 1, heat.width - 1);
  const bottom = Math.min(top + 1, heat.height - 1);
  const cell = (row: number, column: number) => cells.charCodeAt(row * heat.width + column) / 255;
  const upper = cell(top, left) * (1 - (u - left)) + cell(top, right) * (u - left);
  const lower = cell(bottom, left) * (1 - (u - left)) + cell(bottom, right) * (u - left);
  return upper * (1 - (v - top)) + lower * (v - top);
}

const draw = async (): Promise<void> => {
  const wanted = current;
  const slice = study.slices[wanted];
  if (slice === undefined) return;
  const pixels = await pixelsOf(wanted, slice);
  if (wanted !== current) return;
  canvas.width = slice.width;
  canvas.height = slice.height;
  const image = context.createImageData(slice.width, slice.height);
  const cells = showHeat && slice.heat ? atob(slice.heat.values) : '';
  const lowest = center - width / 2;
  for (let i = 0; i < pixels.length; i++) {
    const gray = ((pixels[i]! - lowest) / width) * 255;
    let red = gray;
    let green = gray;
    let blue = gray;
    if (slice.heat && cells) {
      const column = i % slice.width;
      const x = (column + 0.5) / slice.width;
      const y = ((i - column) / slice.width + 0.5) / slice.height;
      const heat = heatAt(slice.heat, cells, x, y);
      const alpha = 0.6 * heat;
      const base = Math.min(Math.max(gray, 0), 255) * (1 - alpha);
      red = base + alpha * (64 + 191 * Math.min(1, heat * 1.6));
      green = base + alpha * 240 * Math.max(0, heat * 1.5 - 0.5);
      blue = base + alpha * (heat > 0.7 ? 530 * (heat - 0.7) : 24);
    }
    image.data[4 * i] = red;
    image.data[4 * i + 1] = green;
    image.data[4 * i + 2] = blue;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  heatButton.disabled = !slice.heat;
  element<HTMLElement>('#heat-why').textContent = slice.heat
    ? ''
    : 'No heat map of this slice: they are made for key slices in which a single region supports the most probable kind.';
  const preset = study.windows.find((one) => one.center === center && one.width === width);
  const heatNote = cells && slice.heat ? `, heat map of ${slice.heat.label}` : '';
  caption.textContent =
    `slice ${wanted + 1} of ${study.slices.length}, ` +
    `${preset?.name ?? 'own'} window ${Math.round(center)}/${Math.round(width)} HU${heatNote}`;
  for (const mark of document.querySelectorAll<HTMLElement>('[data-mark]')) {
    mark.textContent = slice.marks?.[present(mark.dataset['mark'])] ?? '';
  }
  applyView();
  canvas.dataset['drawn'] = String(wanted);
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-window]')) {
    button.setAttribute('aria-pressed', String(button.dataset['window'] === preset?.name));
  }
  heatButton.setAttribute('aria-pressed', String(showHeat));
};

/** The size at which a picture of one pixel a CSS pixel is shown, and where it begins in the canvas element. */
function fit() {
  const { width: across, height: down } = canvas.getBoundingClientRect();
  const scale = Math.min(across / canvas.width, down / canvas.height);
  return { scale, left: (across - canvas.width * scale) / 2, top: (down - canvas.height * scale) / 2 };
}

/** Keeps a part of the picture in the box, places it, and draws the scale bar. */
function applyView(): void {
  const { clientWidth, clientHeight } = box;
  view.zoom = Math.min(Math.max(view.zoom, 1), 16);
  view.x = Math.min(Math.max(view.x, clientWidth * (1 - view.zoom)), 0);
  view.y = Math.min(Math.max(view.y, clientHeight * (1 - view.zoom)), 0);
  canvas.style.transform = `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`;
  const { millimetres } = present(study.slices[current]);
  const scale = element<HTMLElement>('#scale');
  scale.hidden = millimetres === undefined;
  if (millimetres === undefined) return;
  const perMillimetre = (fit().scale * canvas.width) / millimetres;
  // The longest of these that takes no more than a third of the box.
  const length = [100, 50, 20, 10, 5, 2, 1].find((mm) => mm * perMillimetre <= clientWidth / 3) ?? 1;
  present(scale.querySelector('i')).style.width = `${length * perMillimetre}px`;
  present(scale.querySelector('span')).textContent = `${length} mm`;
}

/** Enlarges so that what lies under a point of the box stays there. */
function zoomAt(factor: number, x: number, y: number): void {
  const zoom = Math.min(Math.max(view.zoom * factor, 1), 16);
  view = {
    zoom,
    x: x - ((x - view.x) * zoom) / view.zoom,
    y: y - ((y - view.y) * zoom) / view.zoom,
  };
  applyView();
}

const zoomMiddle = (factor: number) => zoomAt(factor, box.clientWidth / 2, box.clientHeight / 2);

function reset(): void {
  view = { zoom: 1, x: 0, y: 0 };
  showHeat = false;
  choose(study.windows[0]);
}

function toggleHelp(): void {
  const help = element<HTMLElement>('#help');
  help.hidden = !help.hidden;
  element('[data-action="help"]').setAttribute('aria-expanded', String(!help.hidden));
}

/** What a screen reader says of the place, once the scrolling rests. */
let resting: ReturnType<typeof setTimeout> | undefined;
function announce(): void {
  clearTimeout(resting);
  resting = setTimeout(() => {
    const marks = present(study.slices[current]).marks;
    const side = marks
      ? `, left edge ${present(marks['left'])}, top ${present(marks['top'])}`
      : ', orientation unknown';
    announcement.textContent = `slice ${current + 1} of ${study.slices.length}${side}`;
  }, 300);
}

/** Hounsfield units of the pixel under the pointer. */
async function tellHounsfield(event: PointerEvent): Promise<void> {
  const slice = present(study.slices[current]);
  const { left, top } = canvas.getBoundingClientRect();
  const shown = fit();
  const x = Math.floor((event.clientX - left - shown.left) / shown.scale);
  const y = Math.floor((event.clientY - top - shown.top) / shown.scale);
  const inside = x >= 0 && y >= 0 && x < slice.width && y < slice.height;
  const value = inside ? (await pixelsOf(current, slice))[y * slice.width + x]! : undefined;
  // Air is cut at -400 in the page.
  hounsfieldOutput.textContent = value === undefined ? '' : `${value <= -400 ? '≤ -400' : value} HU`;
}

function show(index: number): void {
  current = Math.min(Math.max(index, 0), study.slices.length - 1);
  document.dispatchEvent(new CustomEvent('ichor:slice', { detail: current }));
  announce();
  void draw();
}

function choose(preset: Window | undefined): void {
  if (!preset) return;
  ({ center, width } = preset);
  void draw();
}

function toggleHeat(): void {
  showHeat = !showHeat;
  void draw();
}

document.addEventListener('ichor:show', (event) => show((event as CustomEvent<number>).detail));
heatButton.addEventListener('click', toggleHeat);
for (const button of document.querySelectorAll<HTMLButtonElement>('[data-window]')) {
  button.addEventListener('click', () =>
    choose(study.windows.find((preset) => preset.name === button.dataset['window'])),
  );
}

/* A wheel has notches of 100 pixels or 3 lines; a touchpad sends many small steps, which add up to one. */
const notch = 40;
let rolled = 0;

canvas.addEventListener(
  'wheel',
  (event) => {
    event.preventDefault();
    if (event.ctrlKey) {
      const { left, top } = box.getBoundingClientRect();
      zoomAt(Math.exp(-event.deltaY / 300), event.clientX - left, event.clientY - top);
      return;
    }
    rolled += event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * notch;
    if (Math.abs(rolled) < notch) return;
    show(current - Math.sign(rolled));
    rolled = 0;
  },
  { passive: false },
);

/*
 * Dragging changes the window as on a workstation: across its width, up and down its centre. With the Shift key or the
 * middle button it moves the picture; two fingers move and enlarge it.
 */
const fingers = new Map<number, { x: number; y: number }>();

canvas.addEventListener('pointermove', (event) => {
  void tellHounsfield(event);
  const before = fingers.get(event.pointerId);
  const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
  if (before) fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  if (before && other) {
    const apart = (one: { x: number; y: number }) =>
      Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
    const { left, top } = box.getBoundingClientRect();
    view.x += (event.clientX - before.x) / 2;
    view.y += (event.clientY - before.y) / 2;
    const now = { x: event.clientX, y: event.clientY };
    zoomAt(apart(now) / apart(before), (now.x + other.x) / 2 - left, (now.y + other.y) / 2 - top);
  } else if (event.buttons & 4 || (event.buttons & 1 && event.shiftKey)) {
    view.x += event.movementX;
    view.y += event.movementY;
    applyView();
  } else if (event.buttons & 1) {
    width = Math.max(1, width + event.movementX);
    center -= event.movementY;
    void draw();
  }
});
canvas.addEventListener('pointerdown', (event) => {
  canvas.setPointerCapture(event.pointerId);
  if (event.pointerType === 'touch') fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
});
for (const end of ['pointerup', 'pointercancel'] as const) {
  canvas.addEventListener(end, (event) => fingers.delete(event.pointerId));
}
canvas.addEventListener('pointerleave', () => (hounsfieldOutput.textContent = ''));
window.addEventListener('resize', applyView);

const actions: Readonly<Record<string, () => void>> = {
  'zoom-in': () => zoomMiddle(1.5),
  'zoom-out': () => zoomMiddle(1 / 1.5),
  reset,
  help: toggleHelp,
};
for (const button of document.querySelectorAll<HTMLElement>('[data-action]')) {
  button.addEventListener('click', () => actions[present(button.dataset['action'])]?.());
}

const keys: Readonly<Record<string, () => void>> = {
  ArrowUp: () => show(current + 1),
  ArrowRight: () => show(current + 1),
  ArrowDown: () => show(current - 1),
  ArrowLeft: () => show(current - 1),
  PageUp: () => show(current + 5),
  PageDown: () => show(current - 5),
  Home: () => show(0),
  End: () => show(study.slices.length - 1),
  h: toggleHeat,
  r: reset,
  '+': () => zoomMiddle(1.5),
  '-': () => zoomMiddle(1 / 1.5),
  '?': toggleHelp,
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // Where the viewer is out of sight, keys scroll the page.
  const { top, bottom } = canvas.getBoundingClientRect();
  if (bottom < 0 || top > innerHeight) return;
  const action =
    keys[event.key] ??
    (/^[1-9]$/.test(event.key) ? () => choose(study.windows[Number(event.key) - 1]) : undefined);
  if (!action) return;
  event.preventDefault();
  action();
});

show(current);

export {};
