import type { BaseModel } from '@ichor/base-model';
import { Logger, Progress, type RunRecord, type Terminal } from '@ichor/cli';
import type { BaseModelFiles } from '../files.js';
import type { TrainingEvents } from '../train/events.js';
import { MetricsLog } from './metrics-log.js';
import { scoreTable } from './score-table.js';

/** Slices named on the terminal; the log and the manifest name all. */
const namedOnTerminal = 10;

/** Shows a training to a person (bar, lines, tables) and writes its log and metrics.jsonl. */
export class TrainingReport {
  readonly events: TrainingEvents;
  readonly #log: Logger;
  #progress: Progress | undefined;

  constructor(model: BaseModel, fold: number, files: BaseModelFiles, record: RunRecord, terminal: Terminal) {
    const log = new Logger({ file: files.trainLog, terminal });
    const metrics = new MetricsLog(files.metrics);
    const name = `${model.name} fold ${fold}`;
    let unreadable = 0;
    // Of the last steps, exponentially: a single batch of 16 says little.
    let shownLoss: number | undefined;
    this.#log = log;
    this.events = {
      message: (text) => log.info(`${name}: ${text}`),
      warning: (text) => log.warn(`${name}: ${text}`),
      resumed: (epoch, step) => metrics.cutBack(epoch, step),
      phase: (phase, epoch, slices, done) => {
        this.#progress?.finish(false);
        const what = phase === 'train' ? `epoch ${epoch + 1}/${model.epochs}` : `validation ${epoch + 1}`;
        const label = `${name}  ${what}`;
        this.#progress = new Progress({ label, total: slices, done, unit: 'slices', terminal });
      },
      step: (step) => {
        shownLoss = shownLoss === undefined ? step.loss : 0.95 * shownLoss + 0.05 * step.loss;
        this.#progress?.advance(step.samples, {
          step: `${step.step + 1}/${step.steps}`,
          loss: shownLoss,
          lr: step.learningRate,
        });
        return metrics.append({ kind: 'step', ...step });
      },
      evaluated: (slices) => this.#progress?.advance(slices),
      epoch: async (epoch) => {
        this.#progress?.finish(false);
        this.#progress = undefined;
        log.info(
          `${name}: epoch ${epoch.epoch + 1}/${model.epochs}: training loss ${epoch.trainingLoss.toFixed(5)}, ` +
            `validation loss ${epoch.validationLoss.toFixed(5)}, ${epoch.seconds.toFixed(0)} s, ` +
            `waiting for data ${(100 * epoch.waitShare).toFixed(1)} %\n${scoreTable(epoch.scores)}`,
        );
        await metrics.append({ kind: 'epoch', ...epoch });
      },
      unreadable: ({ id, reason }) => {
        unreadable++;
        record.drop(id, reason);
        log[unreadable <= namedOnTerminal ? 'warn' : 'debug'](`${name}: slice ${id} left out: ${reason}`);
      },
      checkpoint: (epoch, step) => log.debug(`${name}: checkpoint`, { epoch: epoch + 1, step }),
    };
  }

  /** Takes the bar away and puts the outcome into the log file; the terminal gets it from whoever started the run. */
  ended(outcome: string): void {
    this.#progress?.finish(false);
    this.#log.debug(outcome);
  }

  failed(error: unknown): void {
    this.ended(`failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }

  close(): void {
    this.#progress?.finish(false);
    this.#log.close();
  }
}
