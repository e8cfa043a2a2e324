import { present } from '@ichor/files/present';
import { html, type Html } from '../html.js';
import { seriesColor } from '../palette.js';
import { nextStudy } from './next-study.js';
import { decimals } from './probability.js';
import type { StudyReport } from './study-report.js';

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
    <details class="faint explained">
      <summary>What these numbers mean</summary>
      <ul>
        ${explanations.map((text) => html`<li>${text}</li>`)}
      </ul>
    </details>`;
}
