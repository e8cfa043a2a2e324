import { html, type Html } from '../html.js';
import type { StudyReport } from './study-report.js';

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
