import { formatTable, Logger, Progress, type Terminal } from '@ichor/cli';
import { LABELS } from '@ichor/tables';
import type { StackingEvents } from '../train/events.js';
import type { StackerFiles } from '../train/files.js';
import type { StackerScores } from '../train/train-stacker-fold.js';

/** Shows the fitting of a fold to a person and writes its log. */
export class StackingReport {
  readonly events: StackingEvents;
  readonly log: Logger;
  readonly #name: string;
  #progress: Progress | undefined;

  constructor(name: string, files: StackerFiles, terminal: Terminal) {
    const log = new Logger({ file: files.trainLog, terminal });
    this.log = log;
    this.#name = name;
    this.events = {
      message: (text) => log.info(`${name}: ${text}`),
      warning: (text) => log.warn(`${name}: ${text}`),
      begin: (label, total, unit) => {
        this.#progress?.finish(false);
        this.#progress = new Progress({
          label: `${name}  ${label}`,
          unit,
          terminal,
          ...(total === undefined ? {} : { total }),
        });
      },
      advance: (by, fields) => this.#progress?.advance(by, fields),
    };
  }

  scores({ logLoss, weightedLogLoss, meanOfInputs }: StackerScores): void {
    const rows = LABELS.map((label, index) => [label, (logLoss[index] ?? NaN).toFixed(5)]);
    const table = formatTable(['label', 'log loss'], [...rows, ['weighted', weightedLogLoss.toFixed(5)]]);
    const gain = meanOfInputs - weightedLogLoss;
    this.log.info(
      `${this.#name}: out-of-fold log loss (early stopping looked at the same slices)\n${table}\n` +
        `mean of the inputs ${meanOfInputs.toFixed(5)}, gain ${gain.toFixed(5)}`,
    );
  }

  close(): void {
    this.#progress?.finish(false);
    this.log.close();
  }
}
