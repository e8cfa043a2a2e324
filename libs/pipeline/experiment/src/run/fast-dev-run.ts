import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { predictionsTable, readTable, runName, type Layout } from '@ichor/tables';
import { ExperimentError } from '../error.js';
import { foldFiles } from './fold-files.js';
import { readFoldRecord } from './fold-record.js';

/** What came of a run of everything. */
export interface PassedRun {
  /** With predictions, of both sets. */
  readonly slices: number;
  /** Of the files that were removed. */
  readonly bytes: number;
}

/**
 * Runs a small training in the folder of a named run of its own, which nothing reads unless it is asked to; reads back the record
 * and the predictions; removes the folder, whatever happened. Files of other runs are not touched.
 *
 * @param model name, which may have that of a run
 * @param work trains and predicts the fold under the name that it is given; false when it was stopped
 * @returns undefined when it was stopped
 * @throws ExperimentError `experiment/unreadable` when a prediction is no probability, and what the work throws
 */
export async function fastDevRunOf(
  paths: Layout,
  model: string,
  fold: number,
  work: (name: string) => Promise<boolean>,
): Promise<PassedRun | undefined> {
  const [app = model] = model.split('.');
  const name = runName(app, `fast-dev-run-${randomBytes(4).toString('hex')}`);
  const { folder } = foldFiles(paths, name, fold);
  try {
    if (!(await work(name))) return undefined;
    const slices = await readBack(paths, name, fold);
    return { slices, bytes: await sizeOf(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readBack(paths: Layout, name: string, fold: number): Promise<number> {
  const files = foldFiles(paths, name, fold);
  let slices = 0;
  for (const path of [files.valid, files.test]) {
    const { columns } = await readTable(path, predictionsTable);
    if (columns.output_any.some((value) => !(value >= 0 && value <= 1)))
      throw unreadable(path, 'holds values that are not probabilities');
    slices += new Set(columns.ID).size;
  }
  if ((await readFoldRecord(files.record)) === undefined)
    throw unreadable(files.record, 'the record of the fold was not written');
  return slices;
}

function unreadable(file: string, reason: string): ExperimentError {
  return new ExperimentError({
    code: 'experiment/unreadable',
    file,
    reason,
    remedy: 'report this as a fault of the program',
  });
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
