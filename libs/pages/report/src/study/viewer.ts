import { present } from '@ichor/files/present';
import { displayWindows, edges } from '@ichor/windowing/pictures';
import { lineChart } from '../charts/line-chart.js';
import { heatScale } from '../heat-scale.js';
import { html, type Html } from '../html.js';
import { seriesColor } from '../palette.js';
import { separatedLabels, type StudyReport } from './study-report.js';

/** The scrolling viewer, its buttons, the numbers of the slice in view, and the curves along the head. */
export function viewer(report: StudyReport): Html {
  return html`<section class="viewer">
    <figure class="interactive">
      <div id="viewport-box" class="marked">
        <div id="viewport-plane">
          <canvas id="viewport" width="512" height="512" role="img" aria-label="slice of the head"></canvas>
        </div>
        ${edges.map((edge) => html`<b class="mark ${edge}" data-mark="${edge}"></b>`)}
        <span id="scale"><i></i><span></span></span>
        <output id="hounsfield"></output>
      </div>
      <figcaption id="viewport-caption"></figcaption>
      <div id="heat-scale" hidden>${heatScale()}</div>
      <p id="announcement" class="unseen" aria-live="polite"></p>
    </figure>
    <div>
      ${tools()} ${sliceNumbers(report)}
      <p id="heat-why" class="faint interactive"></p>
      ${help()}
      <p class="faint interactive">
        Scroll with the mouse wheel or <kbd>↑</kbd> <kbd>↓</kbd> (up is towards the head), <kbd>Page Up</kbd>,
        <kbd>Home</kbd>, or along the curves. Drag on the picture to change the window.
      </p>
      <h3>Along the head</h3>
      ${curves(report)}
      ${report.studyAndSlices === undefined ? '' : html`<p class="faint">${report.studyAndSlices}</p>`}
    </div>
  </section>`;
}

/** Buttons and fields: windows, heat map, zoom. */
function tools(): Html {
  const windows = Object.values(displayWindows).map(
    ({ name }, index) =>
      html`<button type="button" data-window="${name}">${name} <kbd>${index + 1}</kbd></button>`,
  );
  return html`<div class="tools interactive">
      ${windows}<button type="button" id="heat" data-action="heat" aria-describedby="heat-why">
        heat map <kbd>h</kbd></button
      ><button type="button" data-action="zoom-in" aria-label="zoom in">+</button
      ><button type="button" data-action="zoom-out" aria-label="zoom out">−</button
      ><button type="button" data-action="reset">reset <kbd>r</kbd></button
      ><button type="button" data-action="help" aria-expanded="false" aria-controls="help">
        help <kbd>?</kbd>
      </button>
    </div>
    <div class="tools interactive" role="group" aria-label="own window">
      <label>centre <input id="window-center" type="number" min="-1024" max="4095" /></label>
      <label>width <input id="window-width" type="number" min="1" max="8000" /></label>
      <span class="faint">HU</span>
    </div>`;
}

/** The probabilities of the slice in view; the script of the page fills them in. */
function sliceNumbers(report: StudyReport): Html {
  const rows = separatedLabels(report)
    .map((index) => [present(report.labels[index]), index] as const)
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
  return html`<table id="slice-numbers" class="interactive">
    <tr>
      <th id="slice-name">slice</th>
      <th><span class="unseen">as a bar</span></th>
      <th>calibrated</th>
      <th>raw</th>
    </tr>
    ${rows}
  </table>`;
}

/** Mouse, keys and fingers. */
function help(): Html {
  return html`<dl id="help" class="interactive" hidden>
    <dt>mouse wheel, <kbd>↑</kbd> <kbd>↓</kbd>, <kbd>Page Up</kbd>, <kbd>Home</kbd></dt>
    <dd>another slice; up is towards the head</dd>
    <dt>drag</dt>
    <dd>window: across its width, up and down its centre; or type both</dd>
    <dt><kbd>Ctrl</kbd> and wheel, <kbd>+</kbd> <kbd>-</kbd>, two fingers</dt>
    <dd>zoom</dd>
    <dt><kbd>Shift</kbd> and drag, two fingers</dt>
    <dd>move the picture</dd>
    <dt><kbd>1</kbd> to <kbd>3</kbd>, <kbd>h</kbd>, <kbd>r</kbd>, <kbd>?</kbd></dt>
    <dd>windows, heat map, reset, this help</dd>
  </dl>`;
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
