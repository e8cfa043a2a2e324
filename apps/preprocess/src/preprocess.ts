import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RunRecord } from '@ichor/cli';
import { acquireLock, isThere } from '@ichor/files';
import type { Layout } from '@ichor/tables';
import {
  MANIFEST,
  nothingToRead,
  TableMaker,
  type PreprocessContext,
  type PreprocessOptions,
  type PreprocessResult,
} from './make-tables.js';
import { requireSameDraw } from './same-draw.js';

export type { PreprocessOptions, PreprocessResult } from './make-tables.js';

/** The record of the run that made the tables, in their folder. */
export function manifestPath(files: Layout): string {
  return join(files.preprocessedFolder, MANIFEST);
}

/** The record of a later run that failed or was stopped: the tables are not of it. */
export function failurePath(files: Layout): string {
  return join(files.preprocessedFolder, 'failed.json');
}

/** From the folder `input` to the tables of `intermediate_output/preprocessed_data`. */
export async function preprocess(
  files: Layout,
  options: PreprocessOptions,
  context: PreprocessContext,
): Promise<PreprocessResult> {
  // Before anything is written: a mistyped ICHOR_ROOT must not create folders.
  if (!(await isThere(files.input.trainImages)) && !(await isThere(files.input.testImages)))
    throw nothingToRead(files);
  const seeds = { folds: options.seed };
  const record = new RunRecord({ command: 'preprocess', config: { ...options }, seeds });
  const lock = await acquireLock(files.preprocessedFolder, { purpose: 'preprocess' });
  try {
    if (!options.redraw) await requireSameDraw(manifestPath(files), options);
    const result = await new TableMaker(files, options, context, record).make();
    await rm(failurePath(files), { force: true });
    return result;
  } catch (error) {
    const outcome = context.signal.aborted ? 'stopped' : 'failed';
    // The first failure is reported. If this fails too, the disk is full or not writable for us.
    await record.write(failurePath(files), outcome).catch(() => undefined);
    throw error;
  } finally {
    await lock.release();
  }
}
