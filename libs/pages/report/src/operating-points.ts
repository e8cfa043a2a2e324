import { html, type Html } from './html.js';
import { wideTable } from './wide-table.js';

/** A share, 0..1, with its 95 % interval. */
export interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The threshold of a label, and its measured sensitivity and specificity. */
export interface OperatingPoint {
  readonly label: string;
  /** On calibrated probabilities of studies. */
  readonly threshold: number;
  readonly sensitivity: Share;
  readonly specificity: Share;
  readonly positives: number;
  readonly negatives: number;
}

/** The table of the thresholds, with the number of cases behind each figure. */
export function operatingPointTable(points: readonly OperatingPoint[]): Html {
  if (points.length === 0) return html``;
  const share = ({ value, low, high }: Share) =>
    html`${value.toFixed(3)} <span class="faint">${low.toFixed(3)} to ${high.toFixed(3)}</span>`;
  const rows = points.map(
    ({ label, threshold, sensitivity, specificity, positives, negatives }) =>
      html`<tr>
        <td>${label}</td>
        <td>${threshold.toFixed(3)}</td>
        <td>${share(sensitivity)}</td>
        <td>${share(specificity)}</td>
        <td>${positives} / ${positives + negatives}</td>
      </tr>`,
  );
  return html`<h2>Operating point</h2>
    ${wideTable(
      'operating point',
      html`<table class="whole">
        <tr>
          <th>label</th>
          <th>threshold</th>
          <th>sensitivity</th>
          <th>specificity</th>
          <th>positive studies</th>
        </tr>
        ${rows}
      </table>`,
    )}
    <p class="faint">
      Thresholds on calibrated probabilities of studies. Sensitivity and specificity are those of the studies
      of the training set, out of fold, with exact 95 % intervals; the thresholds were fixed on the same
      studies, so expect less on new ones.
    </p>`;
}

/** A prominent warning; empty if there is none. */
export function alarm(text: string | undefined): Html {
  return text === undefined
    ? html``
    : html`<section class="alarm" role="alert"><strong>Caution:</strong> ${text}</section>`;
}
