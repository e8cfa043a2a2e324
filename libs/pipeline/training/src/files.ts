import { foldFiles, removeEventFiles, removeFoldRecord, type FoldFiles } from '@ichor/experiment';
import type { Layout } from '@ichor/tables';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of one fold of one base model. */
export interface BaseModelFiles extends FoldFiles {
  /** Weights after an epoch (from 0). */
  snapshot(epoch: number): string;
  readonly checkpoint: string;
  readonly metrics: string;
  /** Folder of the event files. */
  readonly tensorboard: string;
  /** Ranges of the values in 8 bits, and what these cost the predictions. */
  readonly eightBit: string;
  readonly predictManifest: string;
  readonly predictLog: string;
}

export function baseModelFiles(layout: Layout, model: string, fold: number): BaseModelFiles {
  const files = foldFiles(layout, model, fold);
  return {
    ...files,
    snapshot: (epoch) => files.file(`epoch${epoch}.safetensors`),
    checkpoint: files.file('checkpoint.safetensors'),
    metrics: files.file('metrics.jsonl'),
    tensorboard: files.file('tensorboard'),
    eightBit: files.file('eight_bit.json'),
    predictManifest: files.file('predict.json'),
    predictLog: files.file('predict.log'),
  };
}

/**
 * Removes what a crash left of files that were being written: a checkpoint may have a gigabyte. For the holder of the
 * fold's lock only, since all of these are written under it (the manifests are not).
 */
export async function removeUnfinished(files: BaseModelFiles): Promise<void> {
  await removeMatching(files, /^(checkpoint|eight_bit|epoch|history|metrics|valid|test)\w*\.\w+\.tmp-/);
}

/** Removes what an earlier training of the fold left; predictions stay until they are replaced. */
export async function removeTraining(files: BaseModelFiles): Promise<void> {
  await removeFoldRecord(files.record);
  // The history last: while it is there, the fold counts as begun.
  for (const path of [files.checkpoint, files.metrics, files.eightBit]) await rm(path, { force: true });
  await removeEventFiles(files.tensorboard);
  await removeMatching(files, /^epoch\d+\.safetensors$/);
  await rm(files.history, { force: true });
}

/** @param pattern of the name after the fold's prefix */
async function removeMatching({ folder, prefix }: BaseModelFiles, pattern: RegExp): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix) && pattern.test(name.slice(prefix.length))) {
      await rm(join(folder, name), { force: true });
    }
  }
}
