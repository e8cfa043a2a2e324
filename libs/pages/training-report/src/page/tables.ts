import { html, wideTable, type Html } from '@ichor/report';
import { LABELS } from '@ichor/tables';
import type { ModelReport } from '../training-report.js';

const fixed = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : '–');

/** A row for each model: losses and areas under the ROC curve of every label. */
export function scoreTable(models: readonly ModelReport[]): Html {
  return html`${wideTable(
      'scores',
      html`<table id="scores">
        <thead>
          <tr>
            <th>model</th>
            <th>folds</th>
            <th>slices</th>
            <th>weighted log loss</th>
            ${LABELS.map((label) => html`<th>${label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${models.map(
            (model) =>
              html`<tr data-model="${model.name}">
                <td>${model.name}</td>
                <td>${model.folds.length}</td>
                <td>${model.slices}</td>
                <td>${fixed(model.weightedLogLoss)}</td>
                ${model.labels.map(
                  ({ logLoss, auc }) =>
                    html`<td>${fixed(auc)}<br /><span class="faint">${fixed(logLoss)}</span></td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}
    <p class="faint">Under each label: area under the ROC curve, and below it the log loss.</p>`;
}
