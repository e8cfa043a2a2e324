import { EventFile, removeEventFiles, scalars, type Hyperparameter } from '@ichor/experiment';
import { LABELS } from '@ichor/tables';
import type { StepRecord } from '../train/events.js';
import type { EpochRecord } from '../train/history.js';
import type { LossDescriptions } from '../train/losses.js';
import type { WorstSlice } from '../train/worst-slices.js';
import { worstPicture } from './worst-picture.js';

export interface TrainingBoardOptions {
  /** A run of TensorBoard. */
  readonly folder: string;
  /** Runs of the same group are folds of one experiment: TensorBoard takes the mean of their scores. */
  readonly group: string;
  readonly settings: Readonly<Record<string, Hyperparameter>>;
  readonly losses: LossDescriptions;
  /** The file of a slice. */
  imageOf(id: string): string;
}

/**
 * The event files of a training. Steps count from 1 over the whole training; an epoch is told at its last step. Nothing of it
 * names a patient, a study or a slice; the picture of an epoch holds pixels of slices.
 */
export class TrainingBoard {
  readonly #options: TrainingBoardOptions;
  #file: EventFile | undefined;

  constructor(options: TrainingBoardOptions) {
    this.#options = options;
  }

  /** @param done steps that are done; later ones of earlier runs are repeated */
  async begin(done: number): Promise<void> {
    const { folder, group, settings, losses } = this.#options;
    if (done === 0) await removeEventFiles(folder);
    this.#file = await EventFile.begin(folder, done + 1);
    if (!this.#file.continues) {
      this.#file.add(
        0,
        { hyperparameters: settings, group, time: Date.now() / 1000 },
        {
          tag: 'losses',
          text: `- loss/training: ${losses.training}\n- loss/validation: ${losses.validation}`,
        },
      );
    }
  }

  step(record: StepRecord): void {
    const { epoch, step, steps, loss, learningRate, gradientNorm, samples, waited, took } = record;
    const values = {
      'loss/step': loss,
      'optimizer/learning_rate': learningRate,
      'optimizer/gradient_norm': gradientNorm,
      'speed/slices_per_second': (1000 * samples) / (waited + took),
      'speed/waiting_for_data': waited / (waited + took),
    };
    this.#file?.add(epoch * steps + step + 1, ...scalars(values));
  }

  async epoch(record: EpochRecord, worst: readonly WorstSlice[]): Promise<void> {
    const { epoch, steps, trainingLoss, validationLoss, scores, seconds } = record;
    const byLabel = (name: string, values: readonly (number | null)[]) =>
      Object.fromEntries(LABELS.map((label, l) => [`${name}/${label}`, values[l]]));
    const values = {
      'loss/training': trainingLoss,
      'loss/validation': validationLoss,
      'score/weighted_log_loss': scores.weightedLogLoss,
      'score/macro_auc': scores.macroAuc,
      'score/micro_auc': scores.microAuc,
      ...byLabel('auc', scores.auc),
      ...byLabel('log_loss', scores.logLoss),
      'speed/epoch_seconds': seconds,
    };
    const image = await worstPicture(worst.map(({ id }) => this.#options.imageOf(id)));
    this.#file?.add(
      (epoch + 1) * steps,
      ...scalars(values),
      { tag: 'worst_slices/picture', image },
      { tag: 'worst_slices/table', text: worstTable(worst) },
    );
  }

  /** All epochs are trained. @param steps of the whole training */
  ended(steps: number): void {
    this.#file?.add(steps, { ended: 'success', time: Date.now() / 1000 });
  }
}

/** In the order of the picture, row by row. */
function worstTable(worst: readonly WorstSlice[]): string {
  const rows = worst.map(
    ({ loss, label, truth, probability }, place) =>
      `| ${place + 1} | ${loss.toFixed(3)} | ${label} | ${truth ? 'yes' : 'no'} | ${probability.toFixed(3)} |`,
  );
  return [
    '| slice | loss | label | is there | probability |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
