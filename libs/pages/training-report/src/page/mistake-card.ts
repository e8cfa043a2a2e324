import { present } from '@ichor/files/present';
import { grayPicture, displayWindows, overlayHeat, pngDataUrl } from '@ichor/windowing/pictures';
import type { HeatMap, HounsfieldSlice } from '@ichor/windowing/pictures';
import { html, type Html } from '@ichor/report';
import { LABELS } from '@ichor/tables';
import type { PlacedMistake } from '../training-report.js';

/** A mistake with its pictures, or the reason why there are none. */
export interface ShownMistake {
  readonly mistake: PlacedMistake;
  readonly picture: HounsfieldSlice | string;
  readonly heat?: HeatMap | undefined;
}

export function mistakeCard({ mistake, picture, heat }: ShownMistake): Html {
  const { id, kind, label, probability, truth, place } = mistake;
  return html`<article class="card mistake" data-slice="${id}">
    <h4>
      ${label} <span class="p">${probability.toFixed(3)}</span>
      <span class="faint">${kind === 'false positive' ? 'but not labelled' : 'but labelled'}</span>
    </h4>
    ${typeof picture === 'string' ? html`<p class="faint">${picture}</p>` : tiles(picture, heat)}
    <p class="faint">
      slice ${place.slice} of ${place.slices}, fold ${place.fold}<br />
      labelled ${truth.length === 0 ? 'nothing' : truth.join(', ')}<br />
      predicted ${predicted(mistake)}<br />
      <code>${id}</code>
    </p>
  </article>`;
}

function tiles(picture: HounsfieldSlice, heat: HeatMap | undefined): Html {
  const brain = grayPicture(picture, displayWindows.brain);
  const images: [string, string][] = [
    ['brain', pngDataUrl(brain)],
    ['subdural', pngDataUrl(grayPicture(picture, displayWindows.subdural))],
  ];
  if (heat) images.push(['heat map', pngDataUrl(overlayHeat(brain, heat))]);
  return html`<div class="tiles">
    ${images.map(([name, source]) => html`<img src="${source}" alt="${name}" title="${name}" />`)}
  </div>`;
}

/** The three most probable labels. */
function predicted({ probabilities }: PlacedMistake): string {
  return LABELS.map((label, l) => ({ label, probability: present(probabilities[l]) }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, 3)
    .map(({ label, probability }) => `${label} ${probability.toFixed(3)}`)
    .join(', ');
}
