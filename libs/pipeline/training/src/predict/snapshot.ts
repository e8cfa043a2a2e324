import type { BaseModel } from '@ichor/base-model';
import { isThereSync, taskCommand } from '@ichor/files';
import type { StateDict } from '@ichor/nn';
import { readSafetensors } from '@ichor/weights';
import { TrainingError } from '../error.js';
import type { BaseModelFiles } from '../files.js';
import { describeSnapshot } from '../train/checkpoint.js';
import { bestEpoch, isFinished, readHistory } from '../train/history.js';
import { checkIdentity, runHash, type ExpectedRun } from '../train/run-state.js';

export interface ChosenSnapshot {
  readonly path: string;
  readonly epoch: number;
  /** Of the run that made it and the epoch. */
  readonly hash: string;
}

/**
 * The weights that predict: those of the epoch with the lowest validation loss, of the last epoch, or of one by number.
 * `best` and `last` ask for a finished training.
 *
 * @throws TrainingError `training/no-snapshot`, `training/other-run`
 */
export async function chooseSnapshot(
  files: BaseModelFiles,
  model: BaseModel,
  expected: ExpectedRun,
): Promise<ChosenSnapshot> {
  const history = await readHistory(files.history);
  if (history !== undefined) checkIdentity(files.history, history.identity, expected);
  const epochs = history?.epochs ?? [];
  const finished = epochs.length;
  if (typeof model.snapshot !== 'number' && !isFinished(epochs, model)) {
    throw new TrainingError({
      code: 'training/no-snapshot',
      file: files.history,
      reason: `${finished} of ${model.epochs} epochs of fold ${expected.fold} are trained`,
      remedy: `train first: ${training(model, expected)}; or choose an epoch with --snapshot`,
    });
  }
  const epoch =
    typeof model.snapshot === 'number'
      ? model.snapshot
      : model.snapshot === 'last'
        ? Math.max(0, finished - 1)
        : (bestEpoch({ epochs })?.epoch ?? 0);
  const path = files.snapshot(epoch);
  if (!isThereSync(path)) {
    const removed = epochs.some((one) => one.epoch === epoch && one.weights === 'removed');
    throw new TrainingError({
      code: 'training/no-snapshot',
      file: path,
      reason: removed
        ? 'was removed, because keepSnapshots keeps the weights of other epochs'
        : 'does not exist',
      remedy: removed ? `choose another: --snapshot best` : `train first: ${training(model, expected)}`,
    });
  }
  const found = await describeSnapshot(path);
  checkIdentity(path, found.identity, expected);
  return { path, epoch, hash: `${runHash(found.identity)}-epoch${epoch}` };
}

export async function readWeights(path: string): Promise<StateDict> {
  return (await readSafetensors(path)).tensors;
}

function training({ name }: BaseModel, { fold }: ExpectedRun): string {
  return taskCommand({ project: name, target: 'train', fold });
}
