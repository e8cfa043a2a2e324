import { dataOf, element } from './page.js';
import { showSlice } from './show.js';

/** Keeps the strip, the curves and the numbers at the slice that the viewer shows, and lets them choose another. */
interface Numbers {
  readonly labels: readonly string[];
  readonly slices: readonly {
    readonly name: string;
    readonly position: number | null;
    readonly raw: readonly number[];
    readonly calibrated: readonly number[];
  }[];
}

const numbers = dataOf('#numbers') as Numbers;
const curves = element<SVGSVGElement>('#curves');
const strip = element('#strip');
const edge = (name: string) => Number(curves.dataset[name]);
const across = edge('right') - edge('left');
const slicesAcross = edge('high') - edge('low');

const cursor = document.createElementNS('http://www.w3.org/2000/svg', 'line');
for (const [name, value] of Object.entries({
  y1: 10,
  y2: curves.viewBox.baseVal.height - 36,
  'stroke-width': 1.5,
})) {
  cursor.setAttribute(name, String(value));
}
cursor.style.stroke = 'var(--accent)';
curves.append(cursor);

/** The curves count slices from 1. */
function pick(event: PointerEvent): void {
  const box = curves.getBoundingClientRect();
  const drawing = ((event.clientX - box.left) / box.width) * curves.viewBox.baseVal.width;
  showSlice(Math.round(edge('low') + ((drawing - edge('left')) / across) * slicesAcross) - 1);
}

curves.addEventListener('pointerdown', pick);
curves.addEventListener('pointermove', (event) => {
  if (event.buttons & 1) pick(event);
});

for (const button of document.querySelectorAll<HTMLElement>('[data-slice]')) {
  button.addEventListener('click', () => {
    showSlice(Number(button.dataset['slice']));
    if (!strip.contains(button)) element('#viewport').scrollIntoView({ block: 'center' });
  });
}

function showNumbers(index: number): void {
  const slice = numbers.slices[index];
  if (slice === undefined) return;
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
  element('#slice-name').textContent = `${slice.name}${place}`;
}

function showInStrip(index: number): void {
  for (const button of strip.querySelectorAll<HTMLElement>('[data-slice]')) {
    const isChosen = Number(button.dataset['slice']) === index;
    button.setAttribute('aria-current', String(isChosen));
    if (isChosen) strip.scrollTop = button.offsetTop + button.offsetHeight / 2 - strip.clientHeight / 2;
  }
}

document.addEventListener('ichor:slice', (event) => {
  const index = (event as CustomEvent<number>).detail;
  const x = String(edge('left') + ((index + 1 - edge('low')) / slicesAcross) * across);
  cursor.setAttribute('x1', x);
  cursor.setAttribute('x2', x);
  showNumbers(index);
  showInStrip(index);
});
