import { present } from '@ichor/files';
import type { LabelColumns } from '@ichor/predictions';
import { html, renderPage, wideTable, type Html } from '@ichor/report';
import { LABELS } from '@ichor/tables';
import {
  evaluate,
  reliabilityOf,
  rocOf,
  validationChart,
  type Evaluation,
  type LearningCurve,
} from '@ichor/training-report';
import type { Candidate, Difference, Leaderboard, ModelScore } from './leaderboard.js';
import type { TestScore } from './test-scores.js';

export interface PageContent {
  readonly board: Leaderboard;
  readonly candidates: readonly Candidate[];
  readonly targets: LabelColumns;
  readonly curves: readonly LearningCurve[];
  readonly test: readonly TestScore[] | undefined;
  readonly final: string;
  /** Settings that were reduced, and missing parts. */
  readonly notes: readonly string[];
}

const fixed = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : '–');
const range = ([low, high]: readonly [number, number]) => `${fixed(low)} to ${fixed(high)}`;

/** The leaderboard as one HTML page that needs no network. */
export function leaderboardPage(content: PageContent): string {
  const { board, notes } = content;
  const levels = anyOfLevels(content);
  return renderPage({
    title: 'Ichor: leaderboard',
    body: html`
      <h1>Leaderboard</h1>
      <p>
        Out-of-fold weighted log loss on ${board.slices} slices of ${board.patients} patients: every slice is
        predicted by a model that was not trained on it. Below a figure is its 95 % interval, from resampling
        the patients. A constant prediction of the frequency of each label scores
        ${fixed(board.constantLoss)}.
      </p>
      ${
        notes.length === 0
          ? ''
          : html`<ul>
              ${notes.map((note) => html`<li>${note}</li>`)}
            </ul>`
      }
      ${modelTable(content)} ${levelTable(board)}
      <p class="faint">
        Scores of ${board.series} studies: the answer of a sequence model for the whole study (sequence), or
        else the largest mean of three neighbouring slices. These scores are not calibrated, unlike those of
        bundles: compare the AUC.
      </p>
      <p class="faint">
        Early stopping and the choice of the epoch used the folds that are reported here, so these figures are
        optimistic. For the nested figures the stackers made every such choice on other folds.
      </p>
      <div class="cards">
        ${card(
          'ROC of any hemorrhage, best of each level',
          rocOf(
            levels,
            'Receiver operating characteristic of any hemorrhage for the best model of each level',
          ),
        )}
        ${card(
          'ROC by label, submitted model',
          rocOf(
            labelsOfSubmitted(content),
            'Receiver operating characteristic of each label for the submitted model',
          ),
        )}
        ${card(
          'Reliability of any hemorrhage',
          reliabilityOf(levels, 'Observed frequency of any hemorrhage against its predicted probability'),
        )}
        ${card(
          'Validation loss by epoch, mean of the folds',
          validationChart(content.curves, 'Learning curves of the base models'),
        )}
      </div>
      ${labelTable(board)}
    `,
  });
}

function card(title: string, chart: Html): Html {
  return html`<section class="card">
    <h2>${title}</h2>
    ${chart}
  </section>`;
}

function byLevel(board: Leaderboard): ModelScore[] {
  return [...board.models].sort((a, b) => a.level - b.level || a.loss - b.loss);
}

/** A figure, and below it what belongs to it. */
function over(figure: string, below: string): Html {
  return html`${figure}<br /><span class="faint">${below}</span>`;
}

function gain(difference: Difference | null): Html | string {
  if (difference === null) return '–';
  return over(`${difference.gain >= 0 ? '+' : ''}${fixed(difference.gain)}`, range(difference.interval));
}

function modelTable({ board, test, final }: PageContent): Html {
  const testOf = new Map(test?.map((score) => [score.name, score.loss]));
  return wideTable(
    'models',
    html`<table>
      <thead>
        <tr>
          <th>model</th>
          <th>level</th>
          <th>folds</th>
          <th>log loss</th>
          <th>AUC any</th>
          <th>over the mean of its inputs</th>
          <th>studies: log loss</th>
          <th>AUC any</th>
          <th>nested</th>
          <th>test</th>
        </tr>
      </thead>
      <tbody>
        ${byLevel(board).map(
          (model) =>
            html`<tr>
              <td>${model.name}${model.name === final ? html` <strong>submitted</strong>` : ''}</td>
              <td>${model.level}</td>
              <td>${model.folds.length}</td>
              <td>${over(fixed(model.loss), range(model.lossInterval))}</td>
              <td>${over(fixed(model.labels[0]?.auc ?? NaN), range(model.aucInterval))}</td>
              <td>${gain(model.overMeanOfInputs)}</td>
              <td>
                ${
                  model.series?.kind === 'answer'
                    ? over(fixed(model.series.loss), 'sequence')
                    : fixed(model.series?.loss ?? NaN)
                }
              </td>
              <td>${fixed(model.series?.aucAny ?? NaN)}</td>
              <td>${model.nestedLoss === null ? '–' : fixed(model.nestedLoss)}</td>
              <td>${fixed(testOf.get(model.name) ?? NaN)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`,
  );
}

function levelTable(board: Leaderboard): Html {
  return html`<h2>What each level brings</h2>
    ${wideTable(
      'levels',
      html`<table>
        <thead>
          <tr>
            <th>level</th>
            <th>best model</th>
            <th>log loss</th>
            <th>mean of its models</th>
            <th>gain</th>
          </tr>
        </thead>
        <tbody>
          ${board.levels.map(
            (level) =>
              html`<tr>
                <td>${level.title}</td>
                <td>${level.best}</td>
                <td>${fixed(level.loss)}</td>
                <td>${fixed(level.meanLoss)}</td>
                <td>${gain(level.overPrevious)}</td>
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}`;
}

function labelTable(board: Leaderboard): Html {
  return html`<h2>By label: AUC, and below it the log loss</h2>
    ${wideTable(
      'by label',
      html`<table>
        <thead>
          <tr>
            <th>model</th>
            ${LABELS.map((label) => html`<th>${label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${byLevel(board).map(
            (model) =>
              html`<tr>
                <td>${model.name}</td>
                ${model.labels.map(({ logLoss, auc }) => html`<td>${over(fixed(auc), fixed(logLoss))}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>`,
    )}`;
}

/** The best model of each level, lowest level first. */
function bestOfLevels({ board, candidates }: PageContent): Candidate[] {
  return board.levels.flatMap(({ best }) => candidates.find(({ model }) => model.name === best) ?? []);
}

/** The predictions of any hemorrhage by the best model of each level. */
function anyOfLevels(content: PageContent): Evaluation[] {
  return bestOfLevels(content).map(({ model, probabilities }) =>
    evaluate(model.name, present(content.targets[0]), present(probabilities[0])),
  );
}

/** The predictions of each label by the submitted model. */
function labelsOfSubmitted({ candidates, final, targets }: PageContent): Evaluation[] {
  const submitted = candidates.find(({ model }) => model.name === final) ?? candidates.at(-1);
  if (submitted === undefined) return [];
  return LABELS.map((label, l) => evaluate(label, present(targets[l]), present(submitted.probabilities[l])));
}
