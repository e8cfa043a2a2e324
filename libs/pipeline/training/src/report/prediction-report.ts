import type { BaseModel } from '@ichor/base-model';
import { Logger, Progress, type RunRecord, type Terminal } from '@ichor/cli';
import type { BaseModelFiles } from '../files.js';
import type { PredictionEvents } from '../predict/predict-fold.js';

const namedOnTerminal = 10;

/** Shows a prediction to a person and writes its log. */
export class PredictionReport {
  readonly events: PredictionEvents;
  readonly log: Logger;
  #progress: Progress | undefined;

  constructor(model: BaseModel, fold: number, files: BaseModelFiles, record: RunRecord, terminal: Terminal) {
    const log = new Logger({ file: files.predictLog, terminal });
    const name = `${model.name} fold ${fold}`;
    let unreadable = 0;
    this.log = log;
    this.events = {
      message: (text) => log.info(`${name}: ${text}`),
      begin: (set, slices) => {
        this.#progress?.finish(false);
        this.#progress = new Progress({
          label: `${name}  predicting ${set}`,
          total: slices,
          unit: 'slices',
          terminal,
        });
      },
      predicted: (slices) => this.#progress?.advance(slices),
      unreadable: ({ id, reason }) => {
        unreadable++;
        record.drop(id, reason);
        log[unreadable <= namedOnTerminal ? 'warn' : 'debug'](`${name}: slice ${id} left out: ${reason}`);
      },
    };
  }

  /** Takes the bar away and puts the outcome into the log file. */
  ended(outcome: string): void {
    this.#progress?.finish(false);
    this.log.debug(outcome);
  }

  failed(error: unknown): void {
    this.ended(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  close(): void {
    this.#progress?.finish(false);
    this.log.close();
  }
}
