import type { FoldReport } from '@ichor/experiment';
import type { TrainingEvents } from '../train/events.js';
import type { LossDescriptions } from '../train/losses.js';
import type { MetricsLog } from './metrics-log.js';
import { scoreTable } from './score-table.js';
import type { TrainingBoard } from './training-board.js';

/**
 * Shows a training (bar, lines, tables), writes its metrics.jsonl and, if there is a board, its event files.
 *
 * @param epochs of the whole training
 */
export function trainingEvents(
  report: FoldReport,
  {
    metrics,
    board,
    epochs,
    losses,
  }: {
    readonly metrics: MetricsLog;
    readonly board: TrainingBoard | undefined;
    readonly epochs: number;
    readonly losses: LossDescriptions;
  },
): TrainingEvents {
  // Of the last steps, exponentially: a single batch of 16 says little.
  let shownLoss: number | undefined;
  return {
    message: (text) => report.message(text),
    warning: (text) => report.warning(text),
    resumed: async (epoch, step, steps) => {
      await metrics.cutBack(epoch, step);
      await board?.begin(epoch * steps + step);
    },
    phase: (phase, epoch, slices, done) => {
      const what = phase === 'train' ? `epoch ${epoch + 1}/${epochs}` : `validation ${epoch + 1}`;
      report.begin(what, 'slices', { total: slices, done });
    },
    step: (step) => {
      shownLoss = shownLoss === undefined ? step.loss : 0.95 * shownLoss + 0.05 * step.loss;
      report.advance(step.samples, {
        step: `${step.step + 1}/${step.steps}`,
        loss: shownLoss,
        lr: step.learningRate,
      });
      board?.step(step);
      return metrics.append({ kind: 'step', epochs, ...step });
    },
    evaluated: (slices) => report.advance(slices),
    epoch: async (epoch, worst) => {
      report.clear();
      report.message(
        `epoch ${epoch.epoch + 1}/${epochs}: ` +
          `training loss ${epoch.trainingLoss.toFixed(5)} (${losses.training}), ` +
          `validation loss ${epoch.validationLoss.toFixed(5)} (${losses.validation}), ` +
          `${epoch.seconds.toFixed(0)} s, waiting for data ${(100 * epoch.waitShare).toFixed(1)} %\n${scoreTable(epoch.scores)}`,
      );
      await metrics.append({ kind: 'epoch', ...epoch, worst });
      await board?.epoch(epoch, worst);
    },
    unreadable: (slice) => report.leaveOut(slice),
    checkpoint: (epoch, step) => report.log.debug(`${report.name}: checkpoint`, { epoch: epoch + 1, step }),
  };
}
