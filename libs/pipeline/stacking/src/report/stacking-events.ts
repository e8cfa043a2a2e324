import { formatTable } from '@ichor/cli';
import type { FoldReport } from '@ichor/experiment';
import { LABELS } from '@ichor/tables';
import type { StackingEvents } from '../train/events.js';
import type { StackingBoard } from './stacking-board.js';
import type { StackerScores } from '../train/train-stacker-fold.js';

/** Shows the fitting of a fold and, if there is a board, writes its event files. */
export function stackingEvents(report: FoldReport, board: StackingBoard | undefined): StackingEvents {
  return {
    message: (text) => report.message(text),
    warning: (text) => report.warning(text),
    begin: (label, total, unit) => report.begin(label, unit, { total }),
    advance: (by, fields) => report.advance(by, fields),
    fitting: (part) => board?.begin(part),
    measured: (step, values) => board?.add(step, values),
  };
}

/** How good a fold is, for a person. */
export function scoreText({ logLoss, weightedLogLoss, meanOfInputs }: StackerScores): string {
  const rows = LABELS.map((label, index) => [label, (logLoss[index] ?? NaN).toFixed(5)]);
  const table = formatTable(['label', 'log loss'], [...rows, ['weighted', weightedLogLoss.toFixed(5)]]);
  const gain = meanOfInputs - weightedLogLoss;
  return (
    `out-of-fold log loss (early stopping looked at the same slices)\n${table}\n` +
    `mean of the inputs ${meanOfInputs.toFixed(5)}, gain ${gain.toFixed(5)}`
  );
}
