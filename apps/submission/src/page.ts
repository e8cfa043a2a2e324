import { calibrationBins, expectedCalibrationError, rocCurve } from '@ichor/metrics';
import { html, lineChart, reliabilityChart, renderPage, rocChart, type Html } from '@ichor/report';
import { LABELS } from '@ichor/tables';
import type { Candidate, Difference, Leaderboard, ModelScore } from './leaderboard.js';
import type { LearningCurve } from './learning-curves.js';
import type { LabelColumns } from './scores.js';
import type { TestScore } from './test-scores.js';

export interface PageContent {
  readonly board: Leaderboard;
  readonly candidates: readonly Candidate[];
  readonly targets: LabelColumns;
  readonly curves: readonly LearningCurve[];
  readonly test: readonly TestScore[] | undefined;
  readonly final: string;
  /** What was made small or is missing. */
  readonly notes: readonly string[];
}

const fixed = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : '–');
const range = ([low, high]: readonly [number, number]) => `${fixed(low)} to ${fixed(high)}`;

/** The leaderboard as one HTML page that needs no network. */
export function leaderboardPage(content: PageContent): string {
  const { board, notes } = content;
  return renderPage({
    title: 'Ichor: leaderboard',
    body: html`
      <h1>Leaderboard</h1>
      <p>
        Out-of-fold weighted log loss on ${board.slices} slices of ${board.patients} patients: every slice is
        predicted by the fold that did not train on it. Intervals (95 %) come from resampling the patients.
        Always answering with the frequency of each label scores ${fixed(board.constantLoss)}.
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
        Early stopping and the choice of the epoch looked at the folds that are reported here, so these
        figures flatter. The nested figure makes every such choice on other folds.
      </p>
      <div class="cards">
        ${card('ROC of any hemorrhage, best of each level', rocOfLevels(content))}
        ${card('ROC by label, submitted model', rocOfLabels(content))}
        ${card('Reliability of any hemorrhage', reliability(content))}
        ${card('Validation loss by epoch, mean of the folds', learning(content.curves))}
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

function gain(difference: Difference | null): string {
  if (difference === null) return '–';
  return `${difference.gain >= 0 ? '+' : ''}${fixed(difference.gain)} (${range(difference.interval)})`;
}

function modelTable({ board, test, final }: PageContent): Html {
  const testOf = new Map(test?.map((score) => [score.name, score.loss]));
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>model</th>
          <th>level</th>
          <th>folds</th>
          <th>log loss</th>
          <th>95 %</th>
          <th>AUC any</th>
          <th>95 %</th>
          <th>over the mean of its inputs</th>
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
              <td>${fixed(model.loss)}</td>
              <td>${range(model.lossInterval)}</td>
              <td>${fixed(model.labels[0]?.auc ?? NaN)}</td>
              <td>${range(model.aucInterval)}</td>
              <td>${gain(model.overMeanOfInputs)}</td>
              <td>${model.nestedLoss === null ? '–' : fixed(model.nestedLoss)}</td>
              <td>${fixed(testOf.get(model.name) ?? NaN)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function levelTable(board: Leaderboard): Html {
  return html`<h2>What each level brings</h2>
    <div class="scroll">
      <table>
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
      </table>
    </div>`;
}

function labelTable(board: Leaderboard): Html {
  return html`<h2>By label: log loss, AUC</h2>
    <div class="scroll">
      <table>
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
                ${model.labels.map(({ logLoss, auc }) => html`<td>${fixed(logLoss)}, ${fixed(auc)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** The best model of each level, lowest level first. */
function bestOfLevels({ board, candidates }: PageContent): Candidate[] {
  return board.levels.flatMap(({ best }) => candidates.find(({ entry }) => entry.name === best) ?? []);
}

/** More points than this do not show in a picture of this size. */
const CURVE_POINTS = 400;

function rocPoints(targets: Float64Array, scores: Float64Array): [number, number][] {
  const { falsePositiveRate, truePositiveRate } = rocCurve(targets, scores);
  const every = Math.max(1, Math.ceil(falsePositiveRate.length / CURVE_POINTS));
  const points: [number, number][] = [];
  for (let i = 0; i < falsePositiveRate.length; i += every) {
    points.push([falsePositiveRate[i]!, truePositiveRate[i]!]);
  }
  points.push([1, 1]);
  return points;
}

function rocOfLevels(content: PageContent): Html {
  const curves = bestOfLevels(content).map(({ entry, probabilities }) => ({
    name: entry.name,
    points: rocPoints(content.targets[0]!, probabilities[0]!),
  }));
  return rocChart(
    curves,
    'Receiver operating characteristic of any hemorrhage for the best model of each level',
  );
}

function submitted({ candidates, final }: PageContent): Candidate | undefined {
  return candidates.find(({ entry }) => entry.name === final) ?? candidates.at(-1);
}

function rocOfLabels(content: PageContent): Html {
  const model = submitted(content);
  const curves = LABELS.flatMap((label, l) =>
    model === undefined
      ? []
      : [{ name: label, points: rocPoints(content.targets[l]!, model.probabilities[l]!) }],
  );
  return rocChart(curves, 'Receiver operating characteristic of each label for the submitted model');
}

function reliability(content: PageContent): Html {
  const curves = bestOfLevels(content).map(({ entry, probabilities }) => {
    const bins = calibrationBins(content.targets[0]!, probabilities[0]!, { bins: 10 });
    return {
      name: `${entry.name}, error ${fixed(expectedCalibrationError(bins))}`,
      points: bins.map(({ meanPredicted, observed }) => [meanPredicted, observed] as const),
    };
  });
  return reliabilityChart(curves, 'Observed frequency of any hemorrhage against its predicted probability');
}

function learning(curves: readonly LearningCurve[]): Html {
  const models = [...new Set(curves.map(({ model }) => model))];
  if (models.length === 0) return html`<p class="faint">No training left its metrics here.</p>`;
  const series = models.map((model) => {
    const folds = curves.filter((curve) => curve.model === model);
    const epochs = Math.max(...folds.map((fold) => fold.epochs.length));
    const points = Array.from({ length: epochs }, (_, epoch) => {
      const values = folds.flatMap((fold) => fold.epochs[epoch]?.validation ?? []);
      return [epoch + 1, values.reduce((sum, value) => sum + value, 0) / values.length] as const;
    });
    return { name: model, points, dots: true };
  });
  return lineChart({
    series,
    x: 'epoch',
    y: 'validation loss',
    description: 'Learning curves of the base models',
  });
}
