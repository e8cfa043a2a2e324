import { present } from '@ichor/files/present';
import {
  grayPicture,
  displayWindows,
  overlayHeat,
  overlayOutline,
  pngDataUrl,
  shrink,
} from '@ichor/windowing/pictures';
import { lineChart } from '../charts/line-chart.js';
import { html, type Html } from '../html.js';
import { seriesColor } from '../palette.js';
import { edgeMarks, type EdgeMarks } from './edge-marks.js';
import { nextStudy } from './next-study.js';
import { separatedLabels, type ReportSlice, type StudyReport } from './study-report.js';

const decimals = (probability: number) => probability.toFixed(3);

/** The one line that a reader looks for, and what the pictures are. */
export function headline({ headline: line, facts = [], slices }: StudyReport): Html {
  const known = facts.length > 0 ? facts : [['slices', String(slices.length)] as const];
  return html`${line ? html`<p class="headline ${line.kind}" role="status">${line.text}</p>` : ''}
    <ul class="facts">
      ${known.map(([name, value]) => html`<li><span class="faint">${name}</span> ${value}</li>`)}
    </ul>`;
}

/**
 * Links to the other pages of the run. The text between the two comments is replaced when the next study is
 * written.
 */
export function navigationLinks({ links }: StudyReport): Html {
  if (!links) return html``;
  const link = (address: string | undefined, text: string) =>
    address === undefined ? '' : html`<a href="${address}">${text}</a> `;
  return html`<nav class="interactive" aria-label="studies">
    ${link(links.overview, 'all studies')}${link(links.previous, '← previous study')}${nextStudy.empty}
  </nav>`;
}

/** The six probabilities of the study, with the thresholds that were fixed in advance, and the warnings. */
export function answer({
  labels,
  separates,
  raw,
  calibrated,
  thresholds,
  explanations,
  warnings,
}: StudyReport): Html {
  const rows = labels.map((label, index) => {
    if (separates?.[index] === false) {
      return html`<span class="faint">${label}</span>
        <span></span>
        <b class="faint" data-study="${label}">–</b>
        <span class="faint">–</span>
        <span class="faint">no finding: not separated</span>`;
    }
    const threshold = thresholds?.[index];
    const flagged = threshold !== undefined && present(calibrated[index]) >= threshold;
    const verdict =
      threshold === undefined ? 'no threshold' : `${flagged ? 'above' : 'below'} ${decimals(threshold)}`;
    return html`<span>${label}</span>
      <span class="track" style="color:${seriesColor(label, index)}"
        ><span class="bar" style="width:${present(calibrated[index]) * 100}%"></span
        >${threshold === undefined ? '' : html`<i style="left:${threshold * 100}%" title="threshold ${decimals(threshold)}"></i>`}</span
      >
      <b data-study="${label}">${decimals(present(calibrated[index]))}</b>
      <span class="faint">${decimals(present(raw[index]))}</span>
      <span class="${flagged ? 'flagged' : 'faint'}">${verdict}</span>`;
  });
  const warned =
    warnings.length > 0
      ? html`<section class="warnings">
          <h2>Warnings</h2>
          <ul>
            ${warnings.map((text) => html`<li>${text}</li>`)}
          </ul>
        </section>`
      : '';
  return html`<section class="answer" aria-label="probabilities of the study">
      <span class="head">hemorrhage</span><span></span><span class="head">calibrated</span
      ><span class="head">raw</span> <span class="head">threshold</span>${rows}
    </section>
    ${warned}
    <details class="faint">
      <summary>What these numbers mean</summary>
      <ul>
        ${explanations.map((text) => html`<li>${text}</li>`)}
      </ul>
    </details>`;
}

/** The scrolling viewer, its buttons, the numbers of the slice in view, the curves along the head and the strip. */
export function viewer(report: StudyReport): Html {
  const { labels, slices, separates } = report;
  const { width, height } = present(slices[0]).picture;
  const windows = Object.values(displayWindows).map(
    ({ name }, index) =>
      html`<button type="button" data-window="${name}">${name} <kbd>${index + 1}</kbd></button>`,
  );
  const rows = separatedLabels(report)
    .map((index) => [present(labels[index]), index] as const)
    .map(
      ([label, index]) =>
        html`<tr data-label="${label}">
          <td>${label}</td>
          <td>
            <span class="track" style="display:block;color:${seriesColor(label, index)}"
              ><span class="bar"></span
            ></span>
          </td>
          <td class="calibrated"></td>
          <td class="raw faint"></td>
        </tr>`,
    );
  return html`<section class="viewer">
      <figure class="interactive">
        <div id="viewport-box" class="marked">
          <canvas
            id="viewport"
            width="${width}"
            height="${height}"
            role="img"
            aria-label="slice of the head"
          ></canvas>
          ${(['top', 'right', 'bottom', 'left'] as const).map((edge) => html`<b class="mark ${edge}" data-mark="${edge}"></b>`)}
          <span id="scale"><i></i><span></span></span>
          <output id="hounsfield"></output>
        </div>
        <figcaption id="viewport-caption"></figcaption>
        <p id="announcement" class="unseen" aria-live="polite"></p>
      </figure>
      <div>
        <div class="tools interactive">
          ${windows}<button type="button" id="heat">heat map <kbd>h</kbd></button
          ><button type="button" data-action="zoom-in" aria-label="zoom in">+</button
          ><button type="button" data-action="zoom-out" aria-label="zoom out">−</button
          ><button type="button" data-action="reset">reset <kbd>r</kbd></button
          ><button type="button" data-action="help" aria-expanded="false" aria-controls="help">
            help <kbd>?</kbd>
          </button>
        </div>
        <table id="slice-numbers" class="interactive">
          <tr>
            <th id="slice-name">slice</th>
            <th></th>
            <th>calibrated</th>
            <th>raw</th>
          </tr>
          ${rows}
        </table>
        <p id="heat-why" class="faint interactive"></p>
        <dl id="help" class="interactive" hidden>
          <dt>mouse wheel, <kbd>↑</kbd> <kbd>↓</kbd>, <kbd>Page Up</kbd>, <kbd>Home</kbd></dt>
          <dd>another slice; up is towards the head</dd>
          <dt>drag</dt>
          <dd>window: across its width, up and down its centre</dd>
          <dt><kbd>Ctrl</kbd> and wheel, <kbd>+</kbd> <kbd>-</kbd>, two fingers</dt>
          <dd>zoom</dd>
          <dt><kbd>Shift</kbd> and drag, two fingers</dt>
          <dd>move the picture</dd>
          <dt><kbd>1</kbd> to <kbd>3</kbd>, <kbd>h</kbd>, <kbd>r</kbd>, <kbd>?</kbd></dt>
          <dd>windows, heat map, reset, this help</dd>
        </dl>
        <p class="faint interactive">
          Scroll with the mouse wheel or <kbd>↑</kbd> <kbd>↓</kbd> (up is towards the head),
          <kbd>Page Up</kbd>, <kbd>Home</kbd>, or along the curves. Drag on the picture to change the window.
        </p>
        <h3>Along the head</h3>
        ${curves(report)}
      </div>
    </section>
    <div id="strip" role="group" aria-label="all slices">
      ${slices.map((slice, index) => thumbnail(slice, index, separates?.[0] !== false))}
    </div>`;
}

function thumbnail({ picture, calibrated, name }: ReportSlice, index: number, separated: boolean): Html {
  const gray = grayPicture(shrink(picture, 72), displayWindows.brain);
  const highest = separated ? Math.round((calibrated[0] ?? 0) * 100) : 0;
  return html`<button type="button" data-slice="${index}" title="${name}">
    <img src="${pngDataUrl(gray)}" width="72" height="72" alt="slice ${index + 1}" /><i
      style="--p:${highest}%"
    ></i>
  </button>`;
}

/** Six curves along the head. */
function curves(report: StudyReport): Html {
  const { labels, slices } = report;
  return lineChart({
    id: 'curves',
    series: separatedLabels(report).map((label) => ({
      name: present(labels[label]),
      points: slices.map((slice, index) => [index + 1, present(slice.calibrated[label])] as const),
      dots: slices.length === 1,
    })),
    x: 'slice, from the feet up',
    wholeX: true,
    y: 'calibrated probability',
    description: 'probability of each kind of hemorrhage along the head',
    xDomain: slices.length === 1 ? [0, 2] : [1, slices.length],
    yDomain: [0, 1],
    width: 620,
    height: 250,
  });
}

/** The most suspicious slices in three windows, with what moved the prediction, and with the truth where it is known. */
export function keySlices(report: StudyReport): Html {
  return html`${report.keySlices.map((index) => {
    const slice = present(report.slices[index]);
    const { picture } = slice;
    const marks = edgeMarks(slice.orientation);
    const numbers = separatedLabels(report)
      .map((label) => `${present(report.labels[label])} ${decimals(present(slice.calibrated[label]))}`)
      .join(', ');
    const pictures = Object.values(displayWindows).map((display) =>
      tile(
        pngDataUrl(grayPicture(picture, display)),
        `${display.name} ${display.center}/${display.width}`,
        marks,
      ),
    );
    const heat = slice.heat
      ? tile(
          pngDataUrl(overlayHeat(grayPicture(picture, displayWindows.brain), slice.heat)),
          `what moved “${slice.heat.label}”`,
          marks,
        )
      : html`<p class="faint">no heat map: no single region supports the most probable kind</p>`;
    const truth = slice.truth
      ? tile(
          pngDataUrl(overlayOutline(grayPicture(picture, displayWindows.brain), slice.truth.mask)),
          slice.truth.labels.length === 0 ? 'truth: no bleed' : `truth: ${slice.truth.labels.join(', ')}`,
          marks,
        )
      : '';
    return html`<div class="keys" data-key-slice="${index}">
      <h3>
        slice ${index + 1} <span class="faint">${numbers}</span>
        <button type="button" class="interactive" data-slice="${index}">show in viewer</button>
      </h3>
      ${pictures}${heat}${truth}
    </div>`;
  })}`;
}

function tile(source: string, caption: string, marks: EdgeMarks | undefined): Html {
  const edges = marks ? (['top', 'right', 'bottom', 'left'] as const) : [];
  return html`<figure>
    <div class="marked">
      <img
        src="${source}"
        alt="${caption}"
      />${edges.map((edge) => html`<b class="mark ${edge}">${present(marks)[edge]}</b>`)}
    </div>
    <figcaption>${caption}</figcaption>
  </figure>`;
}

/** Series, model and, folded, the patient. */
export function provenance({ series, otherSeries, model, patient }: StudyReport): Html {
  const pairs = (list: readonly (readonly [string, string])[]) =>
    html`<dl>
      ${list.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>`;
  const others =
    otherSeries.length > 0
      ? html`<ul>
          ${otherSeries.map(({ name, reason }) => html`<li><b>${name}</b> not read: ${reason}</li>`)}
        </ul>`
      : '';
  const folded = patient
    ? html`<h2>Patient</h2>
        <details>
          <summary>show patient data</summary>
          ${pairs(patient)}
        </details>`
    : '';
  return html`<h2>Series</h2>
    <p><b>${series.name}</b> read: ${series.reason}</p>
    ${others}
    <h2>Model</h2>
    ${pairs(model)} ${folded}`;
}
