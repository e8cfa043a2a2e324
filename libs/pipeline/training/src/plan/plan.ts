import { statfs } from 'node:fs/promises';
import type { BaseModel } from '@ichor/base-model';
import { formatBytes, formatDuration, formatTable } from '@ichor/cli';
import type { Engine } from '@ichor/runtime';
import type { Layout } from '@ichor/tables';
import { readFoldWork, sliceCost, type FoldWork, type WorkOptions } from './fold-work.js';
import { speedOf, type Speed } from './speed.js';

/** What a command would do. */
export interface Plan {
  readonly model: string;
  readonly folds: readonly (FoldWork & { readonly seconds: number })[];
  readonly seconds: number;
  /** Bytes. */
  readonly disk: number;
  readonly freeDisk: number;
  readonly memory: number;
  /** What seconds and memory come from. */
  readonly source: string;
}

/** Says what training, and prediction if that is requested, would do here. It trains and writes nothing. */
export async function planModel(
  paths: Layout,
  model: BaseModel,
  engine: Engine,
  { folds, ...what }: WorkOptions & { readonly folds: readonly number[] },
): Promise<Plan> {
  const works: FoldWork[] = [];
  for (const fold of folds) works.push(await readFoldWork(paths, model, fold, what));
  const speed = await speedOf(paths, model, engine, sliceCost(model));
  const { bavail, bsize } = await statfs(paths.root);
  return planOf(model.name, works, speed, bavail * bsize);
}

/** Adds up. */
export function planOf(model: string, works: readonly FoldWork[], speed: Speed, freeDisk: number): Plan {
  const folds = works.map((work) => ({
    ...work,
    seconds: work.trained * speed.secondsPerTrained + work.predicted * speed.secondsPerPredicted,
  }));
  const { memory, source } = speed;
  return {
    model,
    folds,
    seconds: folds.reduce((sum, { seconds }) => sum + seconds, 0),
    disk: folds.reduce((sum, { disk }) => sum + disk, 0),
    freeDisk,
    memory,
    source,
  };
}

export function planText({ model, folds, seconds, disk, freeDisk, memory, source }: Plan): string {
  const rows = folds.map((fold) => [
    fold.fold,
    fold.trained + fold.predicted === 0 ? 'nothing to do' : fold.epochsDone > 0 ? 'resumes' : 'begins',
    fold.epochsDone,
    fold.trained,
    fold.predicted,
    formatDuration(fold.seconds),
    formatBytes(fold.disk),
  ]);
  const header = ['fold', 'state', 'epochs done', 'slices trained', 'slices predicted', 'time', 'disk'];
  return [
    `${model}:`,
    formatTable(header, rows),
    `Time: about ${formatDuration(seconds)}, one fold after another; from ${source}.`,
    `Disk: at most ${formatBytes(disk)} more; ${formatBytes(freeDisk)} are free there${disk > freeDisk ? ': NOT ENOUGH' : ''}.`,
    `Memory: about ${formatBytes(memory)} (of the GPU where the network runs there).`,
  ].join('\n');
}
