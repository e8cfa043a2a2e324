import type { FoldReport } from '@ichor/experiment';
import type { TrainingEvents } from '../train/events.js';
import type { MetricsLog } from './metrics-log.js';
import { scoreTable } from './score-table.js';

/**
 * Shows a training (bar, lines, tables) and writes its metrics.jsonl.
 *
 * @param epochs of the whole training
 */
export function trainingEvents(report: FoldReport, metrics: MetricsLog, epochs: number): TrainingEvents {
  // Of the last steps, exponentially: a single batch of 16 says little.
  let shownLoss: number | undefined;
  return {
    message: (text) => report.message(text),
    warning: (text) => report.warning(text),
    resumed: (epoch, step) => metrics.cutBack(epoch, step),
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
      return metrics.append({ kind: 'step', ...step });
    },
    evaluated: (slices) => report.advance(slices),
    epoch: async (epoch) => {
      report.clear();
      report.message(
        `epoch ${epoch.epoch + 1}/${epochs}: training loss ${epoch.trainingLoss.toFixed(5)}, ` +
          `validation loss ${epoch.validationLoss.toFixed(5)}, ${epoch.seconds.toFixed(0)} s, ` +
          `waiting for data ${(100 * epoch.waitShare).toFixed(1)} %\n${scoreTable(epoch.scores)}`,
      );
      await metrics.append({ kind: 'epoch', ...epoch });
    },
    unreadable: (slice) => report.leaveOut(slice),
    checkpoint: (epoch, step) => report.log.debug(`${report.name}: checkpoint`, { epoch: epoch + 1, step }),
  };
}
