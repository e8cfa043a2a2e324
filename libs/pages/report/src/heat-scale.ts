import { heatColors, heatOpacity } from '@ichor/windowing/pictures';
import { html, type Html } from './html.js';

/** Gray of white matter in the brain window, over which the colours of the scale lie. */
const gray = 96;
const stops = 16;

function stopAt(share: number): string {
  const color = 3 * Math.round(255 * share);
  const alpha = heatOpacity * share;
  const mixed = [0, 1, 2].map((channel) =>
    Math.round(gray * (1 - alpha) + heatColors[color + channel]! * alpha),
  );
  return `rgb(${mixed.join(' ')}) ${100 * share}%`;
}

const gradient = Array.from({ length: stops + 1 }, (_, stop) => stopAt(stop / stops)).join(', ');

/** What the colours of heat maps mean: the same table and opacity as in the pictures, with numbers. */
export function heatScale(): Html {
  return html`<div
    class="heat-scale"
    role="img"
    aria-label="colours of heat maps from 0, no evidence, to 1, the strongest evidence of the slice"
  >
    <i style="background:linear-gradient(90deg, ${gradient})"></i>
    <span>0</span><span>0.25</span><span>0.5</span><span>0.75</span><span>1</span>
    <small>evidence, as a share of the strongest place of the slice</small>
  </div>`;
}
