import { formatTable } from '@ichor/cli';
import { LABELS } from '@ichor/tables';
import type { Difference, Leaderboard, ModelScore } from './leaderboard.js';
import type { TestScore } from './test-scores.js';

const digits = 4;
const fixed = (value: number) => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const range = ([low, high]: readonly [number, number]) => `${fixed(low)}..${fixed(high)}`;
const gain = (difference: Difference | null) =>
  difference === null
    ? '-'
    : `${difference.gain >= 0 ? '+' : ''}${fixed(difference.gain)} (${range(difference.interval)})`;

/** Marked where a sequence model answers for the whole series. */
const studyLoss = ({ series }: ModelScore) =>
  series === null ? '-' : `${fixed(series.loss)}${series.kind === 'answer' ? ' s' : ''}`;

/** What the terminal shows. */
interface Shown {
  readonly board: Leaderboard;
  /** Of the test set, where its labels are known. */
  readonly test: readonly TestScore[] | undefined;
  /** The model that is submitted. */
  readonly final: string;
  readonly testConstantLoss?: number | undefined;
}

/** The leaderboard for a terminal: models by level, best first; then the levels, labels and the test set. */
export function terminalLeaderboard(shown: Shown): string {
  const { board } = shown;
  const ordered = [...board.models].sort((a, b) => a.level - b.level || a.loss - b.loss);
  return [
    `Out-of-fold weighted log loss of ${board.slices} slices of ${board.patients} patients; ` +
      'intervals over resampled patients. * is submitted.',
    modelTable(ordered, shown),
    levelTable(board),
    labelTable(ordered),
    `Studies (${board.series}): s, the answer of a sequence model; else the largest mean of three neighbouring slices. Not ` +
      'calibrated, which bundles do: compare the AUC.',
    'Early stopping and choice of epochs used the same folds as these figures, so they are optimistic; "nested": stackers that ' +
      'chose on other folds.',
  ].join('\n\n');
}

const modelHeader = [
  'model',
  'level',
  'folds',
  'log loss',
  '95 %',
  'AUC any',
  '95 %',
  'over mean of inputs',
  'studies: log loss',
  'AUC any',
  'nested',
  'test',
];

function modelTable(models: readonly ModelScore[], { board, test, final, testConstantLoss }: Shown): string {
  const testOf = new Map(test?.map((score) => [score.name, score.loss]));
  return formatTable(modelHeader, [
    [
      '(label frequencies)',
      ...[null, null],
      fixed(board.constantLoss),
      ...[null, null, null, null, null],
      testConstantLoss === undefined ? null : fixed(testConstantLoss),
    ],
    ...models.map((model) => [
      model.name === final ? `${model.name} *` : model.name,
      String(model.level),
      String(model.folds.length),
      fixed(model.loss),
      range(model.lossInterval),
      fixed(model.labels[0]?.auc ?? NaN),
      range(model.aucInterval),
      gain(model.overMeanOfInputs),
      studyLoss(model),
      fixed(model.series?.aucAny ?? NaN),
      model.nestedLoss === null ? '-' : fixed(model.nestedLoss),
      testOf.has(model.name) ? fixed(testOf.get(model.name) ?? NaN) : '-',
    ]),
  ]);
}

function levelTable({ levels }: Leaderboard): string {
  return formatTable(
    ['level', 'best', 'log loss', 'mean of its models', 'gain over the level below (95 %)'],
    levels.map((level) => [
      level.title,
      level.best,
      fixed(level.loss),
      fixed(level.meanLoss),
      gain(level.overPrevious),
    ]),
  );
}

function labelTable(models: readonly ModelScore[]): string {
  return formatTable(
    ['log loss, AUC', ...LABELS],
    models.map(({ name, labels }) => [
      name,
      ...labels.map(({ logLoss, auc }) => `${fixed(logLoss)} ${fixed(auc)}`),
    ]),
  );
}
