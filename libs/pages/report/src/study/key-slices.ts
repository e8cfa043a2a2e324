import { present } from '@ichor/files/present';
import {
  displayWindows,
  edgeMarks,
  edges,
  grayPicture,
  overlayHeat,
  overlayOutline,
  pngDataUrl,
  type EdgeMarks,
} from '@ichor/windowing/pictures';
import { heatScale } from '../heat-scale.js';
import { around, html, type Html } from '../html.js';
import { decimals } from './probability.js';
import { proportions } from './proportions.js';
import { separatedLabels, whyNoHeat, type StudyReport } from './study-report.js';

/** A suspicious slice in three windows, with what moved the prediction, and with the truth where it is known. */
export function* keySlice(report: StudyReport, index: number): Generator<Html> {
  const slice = present(report.slices[index]);
  // Made when it is asked for.
  const { picture } = slice;
  const brain = grayPicture(picture, displayWindows.brain);
  const frame = { marks: edgeMarks(slice.orientation), style: proportions({ ...slice, picture }) };
  const numbers = separatedLabels(report)
    .map((label) => `${present(report.labels[label])} ${decimals(present(slice.calibrated[label]))}`)
    .join(', ');
  const { before, after } = around(
    (pictures) =>
      html`<div class="keys" data-key-slice="${index}">
        <h3>
          slice ${index + 1} <span class="faint">${numbers}</span>
          <button type="button" class="interactive" data-slice="${index}">show in viewer</button>
        </h3>
        ${pictures}
      </div>`,
  );
  yield before;
  for (const display of Object.values(displayWindows)) {
    const caption = `${display.name} ${display.center}/${display.width}`;
    yield tile(pngDataUrl(grayPicture(picture, display)), caption, frame);
  }
  if (slice.heat) {
    const source = pngDataUrl(overlayHeat(brain, slice.heat));
    yield tile(source, `what moved “${slice.heat.label}”`, frame, heatScale());
  } else {
    yield html`<p class="faint">${whyNoHeat(report, index) ?? ''}</p>`;
  }
  if (slice.truth) {
    const source = pngDataUrl(overlayOutline(brain, slice.truth.mask));
    const { labels } = slice.truth;
    yield tile(source, labels.length === 0 ? 'truth: no bleed' : `truth: ${labels.join(', ')}`, frame);
  }
  yield after;
}

/** How every picture of a slice is shown. */
interface Frame {
  readonly marks: EdgeMarks | undefined;
  /** CSS of the picture. */
  readonly style: string;
}

function tile(source: string, caption: string, { marks, style }: Frame, below?: Html): Html {
  const shown = marks ? edges.map((edge) => html`<b class="mark ${edge}">${marks[edge]}</b>`) : [];
  return html`<figure>
    <div class="marked"><img src="${source}" style="${style}" alt="${caption}" />${shown}</div>
    <figcaption>${caption}</figcaption>
    ${below ?? ''}
  </figure>`;
}
