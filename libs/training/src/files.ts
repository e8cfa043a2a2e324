import type { Layout } from '@ichor/tables';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of one fold of one model. */
export interface FoldFiles {
  readonly folder: string;
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
  const file = (name: string): string => join(folder, `fold${fold}_${name}`);
  return {
    folder,
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

/** Removes what an earlier training of the fold left; predictions stay until they are replaced. */
export async function removeTraining(files: FoldFiles, epochs: number): Promise<void> {
  const weights = Array.from({ length: epochs }, (_, epoch) => files.snapshot(epoch));
  // The history last: while it is there, the fold counts as begun.
  for (const path of [files.checkpoint, ...weights, files.metrics, files.history]) {
    await rm(path, { force: true });
  }
}
