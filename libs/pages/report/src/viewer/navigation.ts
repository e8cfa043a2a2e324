/*
 * Keeps the strip, the curves and the numbers of the study report at the slice that the viewer shows,
 * and lets them choose another. Runs in the page as a module of its own, without imports.
 */

interface Numbers {
  labels: string[];
  slices: { name: string; position: number | null; raw: number[]; calibrated: number[] }[];
}

const data = document.querySelector('#numbers');
const curves = document.querySelector<SVGSVGElement>('#curves');
const sliceName = document.querySelector('#slice-name');
const strip = document.querySelector('#strip');
if (!data || !curves || !sliceName || !strip) throw new Error('the page lacks its numbers, curves or slices');
const numbers = JSON.parse(data.textContent) as Numbers;
const cursor = document.createElementNS('http://www.w3.org/2000/svg', 'line');
const left = Number(curves.dataset['left']);
const right = Number(curves.dataset['right']);
const low = Number(curves.dataset['low']);
const high = Number(curves.dataset['high']);
const { height } = curves.viewBox.baseVal;

for (const [name, value] of Object.entries({
  y1: 10,
  y2: height - 36,
  stroke: '#6cb6ff',
  'stroke-width': 1.5,
})) {
  cursor.setAttribute(name, String(value));
}
curves.append(cursor);

const request = (index: number) => document.dispatchEvent(new CustomEvent('ichor:show', { detail: index }));

/* The curves count slices from 1. */
const pick = (event: PointerEvent): void => {
  const box = curves.getBoundingClientRect();
  const drawing = ((event.clientX - box.left) / box.width) * curves.viewBox.baseVal.width;
  request(Math.round(low + ((drawing - left) / (right - left)) * (high - low)) - 1);
};

curves.addEventListener('pointerdown', pick);
curves.addEventListener('pointermove', (event) => {
  if (event.buttons & 1) pick(event);
});

for (const button of document.querySelectorAll<HTMLElement>('[data-slice]')) {
  button.addEventListener('click', () => {
    request(Number(button.dataset['slice']));
    if (!button.closest('#strip')) document.querySelector('#viewport')?.scrollIntoView({ block: 'center' });
  });
}

document.addEventListener('ichor:slice', (event) => {
  const index = (event as CustomEvent<number>).detail;
  const slice = numbers.slices[index];
  if (slice === undefined) return;
  const x = String(left + ((index + 1 - low) / (high - low)) * (right - left));
  cursor.setAttribute('x1', x);
  cursor.setAttribute('x2', x);
  numbers.labels.forEach((label, position) => {
    const row = document.querySelector(`#slice-numbers [data-label="${label}"]`);
    const raw = slice.raw[position];
    const calibrated = slice.calibrated[position];
    if (!row || raw === undefined || calibrated === undefined) return;
    row.querySelector('.raw')?.replaceChildren(raw.toFixed(3));
    row.querySelector('.calibrated')?.replaceChildren(calibrated.toFixed(3));
    row.querySelector<HTMLElement>('.bar')?.style.setProperty('width', `${calibrated * 100}%`);
  });
  const place = slice.position === null ? '' : `, ${slice.position.toFixed(1)} mm`;
  sliceName.textContent = `${slice.name}${place}`;
  for (const button of document.querySelectorAll('#strip [data-slice]')) {
    const chosen = Number((button as HTMLElement).dataset['slice']) === index;
    button.setAttribute('aria-current', String(chosen));
    if (!chosen) continue;
    const { offsetTop, offsetHeight } = button as HTMLElement;
    strip.scrollTop = offsetTop + offsetHeight / 2 - strip.clientHeight / 2;
  }
});

export {};
