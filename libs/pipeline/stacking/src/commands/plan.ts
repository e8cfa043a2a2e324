import { hostname } from 'node:os';
import { formatBytes, formatDuration, formatTable, readManifest, type Manifest } from '@ichor/cli';
import { isThere } from '@ichor/files';
import { FOLDS } from '@ichor/folds';
import { LABELS, layout, type Layout } from '@ichor/tables';
import type { Stacker } from '../config/schema.js';
import { stackerFiles } from '../train/files.js';

export interface StackerPlan {
  readonly model: string;
  readonly folds: readonly {
    readonly fold: number;
    readonly state: 'begins or resumes' | 'fitted; compared with its inputs';
    /** Inputs without predictions of this fold: it would fail. */
    readonly missing: readonly string[];
  }[];
  /** Of the folds that are not fitted; undefined where this machine has fitted no fold of this stacker. */
  readonly seconds: number | undefined;
  /** Bytes, of an earlier run here. */
  readonly memory: number | undefined;
  /** Features of a slice; of a sequence model the probabilities alone. */
  readonly columns: number;
  readonly source: string;
}

/** Says what fitting would do here. Nothing is fitted and nothing written. */
export async function planStacker(
  stacker: Stacker,
  folds: readonly number[],
  paths: Layout = layout(),
): Promise<StackerPlan> {
  const rows = await Promise.all(folds.map((fold) => planFold(paths, stacker, fold)));
  const earlier = await earlierFit(paths, stacker.name);
  const left = rows.filter(({ state }) => state === 'begins or resumes').length;
  const features = stacker.kind === 'sequence' ? 1 : stacker.features.length;
  return {
    model: stacker.name,
    folds: rows,
    seconds: earlier && left * (earlier.manifest.timings['fit'] ?? 0),
    memory: earlier?.manifest.peakMemory,
    columns: stacker.inputs.length * LABELS.length * features,
    source:
      earlier === undefined
        ? 'this machine has fitted no fold of this stacker: time and memory are not known'
        : `the fit of fold ${earlier.fold} on this machine`,
  };
}

async function planFold(paths: Layout, { name, inputs }: Stacker, fold: number) {
  const missing: string[] = [];
  for (const input of inputs) {
    if (!(await isThere(paths.predictions(input, fold, 'valid')))) missing.push(input);
  }
  const fitted = await isThere(stackerFiles(paths, name, fold).record);
  const state = fitted ? 'fitted; compared with its inputs' : 'begins or resumes';
  return { fold, state, missing } as const;
}

async function earlierFit(
  paths: Layout,
  name: string,
): Promise<{ readonly fold: number; readonly manifest: Manifest } | undefined> {
  for (let fold = 0; fold < FOLDS; fold++) {
    const { trainManifest } = stackerFiles(paths, name, fold);
    if (!(await isThere(trainManifest))) continue;
    const manifest = await readManifest(trainManifest);
    if (manifest.status === 'complete' && manifest.environment.host === hostname()) return { fold, manifest };
  }
  return undefined;
}

export function stackerPlanText({ model, folds, seconds, memory, columns, source }: StackerPlan): string {
  const rows = folds.map(({ fold, state, missing }) => [
    fold,
    state,
    missing.length === 0 ? 'all' : `without ${missing.join(', ')}`,
  ]);
  return [
    `${model}: ${columns} columns a slice`,
    formatTable(['fold', 'state', 'inputs'], rows),
    ...(seconds === undefined ? [] : [`Time: about ${formatDuration(seconds)}, one fold after another.`]),
    ...(memory === undefined ? [] : [`Memory: about ${formatBytes(memory)}.`]),
    `From: ${source}.`,
  ].join('\n');
}
