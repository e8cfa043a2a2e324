import { present } from '@ichor/files/present';
import { heatScale, html, mostSeries, renderPage, type Html } from '@ichor/report';
import { LABELS } from '@ichor/tables';
import { reliabilityOf, rocOf } from '../charts/evaluation-charts.js';
import { learningChart } from '../charts/learning-chart.js';
import type { TrainingReport } from '../training-report.js';
import { mistakeCard, type ShownMistake } from './mistake-card.js';
import { scoreTable } from './tables.js';

const style = `
@media screen { .cards { grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); } }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 370px), 1fr)); gap: 14px; }
.mistake h4 { margin: 0 0 8px; font-size: 15px; }
.mistake p { font-size: 12.5px; margin: 8px 0 0; line-height: 1.45; overflow-wrap: anywhere; }
.mistake .p { color: var(--warn); margin: 0 4px; }
.mistake h4 .faint { font-weight: 400; }
.tiles { display: grid; grid-template-columns: repeat(3, 1fr); gap: 4px; }
.tiles img { width: 100%; border-radius: 3px; background: #000; display: block; }
.scale { max-width: 370px; }
@media (max-width: 600px) { .tiles { grid-template-columns: 1fr 1fr; } }
@media print { .mistakes { grid-template-columns: 1fr 1fr; gap: 10px; } .mistake .tiles { grid-template-columns: repeat(3, 1fr); } }
h3 { font-size: 15px; margin: 22px 0 8px; }
h3 .faint { font-weight: 400; }
nav a { margin-right: 16px; }
`;

/**
 * The training report as one page that needs no network.
 *
 * @param explainedBy the model whose heat maps are shown
 */
export function renderTrainingReport(
  report: TrainingReport,
  shown: readonly ShownMistake[],
  explainedBy?: string,
): string {
  const { models, notes, mistakesOf } = report;
  const best = models.slice(0, mostSeries);
  const one = models.find(({ name }) => name === mistakesOf) ?? present(models[0]);
  const explained = explainedBy !== undefined && shown.some(({ heat }) => heat);
  const any = best.map(({ name, evaluations }) => ({ ...present(evaluations[0]), name }));
  return renderPage({
    title: 'Ichor: training report',
    style,
    body: html`<h1>Training report</h1>
      <p>
        ${models.length} ${models.length === 1 ? 'model' : 'models and stackers'}, every slice predicted by a
        model that was not trained on it; best first. Early stopping used the same slices, so these figures
        are slightly optimistic.
      </p>
      ${
        notes.length === 0
          ? ''
          : html`<ul class="notes">
              ${notes.map((note) => html`<li>${note}</li>`)}
            </ul>`
      }
      <nav class="interactive">
        <a href="#scores">Scores</a><a href="#curves">Curves</a><a href="#mistakes">Worst mistakes</a>
      </nav>
      ${scoreTable(models)}
      <h2 id="curves">Curves</h2>
      <div class="cards">
        ${card('Learning curves, mean of the folds', learningChart(report.curves, 'Loss by epoch'))}
        ${card('ROC of any hemorrhage', rocOf(any, 'Receiver operating characteristic of any hemorrhage'))}
        ${card(`ROC by label, ${one.name}`, rocOf(one.evaluations, `ROC of each label, ${one.name}`))}
        ${card('Reliability of any hemorrhage', reliabilityOf(any, 'Observed against predicted, any'))}
        ${card(
          `Reliability by label, ${one.name}`,
          reliabilityOf(one.evaluations, `Observed against predicted, by label, ${one.name}`),
        )}
      </div>
      <h2 id="mistakes">Worst mistakes of ${mistakesOf}</h2>
      <p class="faint">
        The most confident wrong answers of each label, at most one per study, in the brain window (40/80) and
        the subdural window (80/200)${explained ? `, with a heat map of ${explainedBy}` : ''}. A mistake may
        be one of the labels. The identifiers are those of the files.
      </p>
      ${explained ? html`<div class="scale">${heatScale()}</div>` : ''}
      ${LABELS.map((label) =>
        section(
          label,
          shown.filter(({ mistake }) => mistake.label === label),
        ),
      )}`,
  });
}

function card(title: string, chart: Html): Html {
  return html`<section class="card">
    <h3>${title}</h3>
    ${chart}
  </section>`;
}

function section(label: string, shown: readonly ShownMistake[]): Html {
  const kinds = ['false positive', 'false negative'] as const;
  return html`${kinds.map((kind) => {
    const mine = shown.filter(({ mistake }) => mistake.kind === kind);
    return html`<h3>${label} <span class="faint">${kind}s</span></h3>
      ${
        mine.length === 0
          ? html`<p class="faint">
              None: no slice was further from the truth than the frequency of the label.
            </p>`
          : html`<div class="mistakes">${mine.map(mistakeCard)}</div>`
      }`;
  })}`;
}
