import { join } from 'node:path';
import { EventFile, hyperparametersOf, removeEventFiles, scalars } from '@ichor/experiment';
import { LABELS } from '@ichor/tables';
import type { Stacker } from '../config/schema.js';
import type { Measurements } from '../train/events.js';
import type { StackerScores } from '../train/train-stacker-fold.js';

/**
 * The event files of a stacker. Each part that is fitted is a run of TensorBoard, in a folder of its own, because a part that
 * was stopped begins again while others stay as they are; the scores of the fold are the run around them.
 */
export class StackingBoard {
  readonly #folder: string;
  #part: EventFile | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async begin(part: string): Promise<void> {
    this.#part = await beginAnew(join(this.#folder, part));
  }

  add(step: number, values: Measurements): void {
    this.#part?.add(step, ...scalars(values));
  }

  /** Settings and out-of-fold scores of the fitted fold. */
  async finish(stacker: Stacker, scores: StackerScores): Promise<void> {
    const file = await beginAnew(this.#folder);
    const time = Date.now() / 1000;
    const values = {
      'score/weighted_log_loss': scores.weightedLogLoss,
      'score/mean_of_inputs_weighted_log_loss': scores.meanOfInputs,
      ...byLabel('auc', scores.auc),
      ...byLabel('log_loss', scores.logLoss),
    };
    file.add(0, { hyperparameters: hyperparametersOf(stacker), group: stacker.name, time });
    file.add(1, ...scalars(values), { ended: 'success', time });
  }
}

async function beginAnew(folder: string): Promise<EventFile> {
  await removeEventFiles(folder);
  return EventFile.begin(folder, 1);
}

function byLabel(name: string, values: readonly (number | null)[]): Record<string, number | null> {
  return Object.fromEntries(LABELS.map((label, l) => [`${name}/${label}`, values[l] ?? null]));
}
