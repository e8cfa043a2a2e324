import type { Layout } from '@ichor/tables';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of one fold of one model. */
export interface FoldFiles {
  readonly folder: string;
  /** Of the names of all its files. */
  readonly prefix: string;
  /** Weights after an epoch (from 0). */
  snapshot(epoch: number): string;
  readonly checkpoint: string;
  readonly history: string;
  readonly trainManifest: string;
  readonly trainLog: string;
  readonly metrics: string;
  readonly predictManifest: string;
  readonly predictLog: string;
}

export function foldFiles(layout: Layout, model: string, fold: number): FoldFiles {
  const folder = layout.model(model);
  const prefix = `fold${fold}_`;
  const file = (name: string): string => join(folder, prefix + name);
  return {
    folder,
    prefix,
    snapshot: (epoch) => file(`epoch${epoch}.safetensors`),
    checkpoint: file('checkpoint.safetensors'),
    history: file('history.json'),
    trainManifest: file('train.json'),
    trainLog: file('train.log'),
    metrics: file('metrics.jsonl'),
    predictManifest: file('predict.json'),
    predictLog: file('predict.log'),
  };
}

/**
 * Removes what a crash left of files that were being written: a checkpoint may have a gigabyte. For the holder of the
 * fold's lock only, since all of these are written under it (the manifests are not).
 */
export async function removeUnfinished(files: FoldFiles): Promise<void> {
  await removeMatching(files, /^(checkpoint|epoch|history|metrics|valid|test)\w*\.\w+\.tmp-/);
}

/** Removes what an earlier training of the fold left; predictions stay until they are replaced. */
export async function removeTraining(files: FoldFiles): Promise<void> {
  // The history last: while it is there, the fold counts as begun.
  for (const path of [files.checkpoint, files.metrics]) await rm(path, { force: true });
  await removeMatching(files, /^epoch\d+\.safetensors$/);
  await rm(files.history, { force: true });
}

/** @param pattern of the name behind the fold's prefix */
async function removeMatching({ folder, prefix }: FoldFiles, pattern: RegExp): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(prefix) && pattern.test(name.slice(prefix.length))) {
      await rm(join(folder, name), { force: true });
    }
  }
}
