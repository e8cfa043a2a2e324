import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from './json-file.js';

const recordSchema = z.strictObject({
  format: z.literal('ichor-fold'),
  version: z.literal(1),
  kind: z.enum(['base-model', 'stacker']),
  name: z.string(),
  fold: z.number().int().min(0),
  /** All settings of the model, as they were resolved. */
  settings: z.record(z.string(), z.unknown()),
  /** Files that the fold needs for prediction, in the folder of the record: `weights`, a label, or `all`. */
  parts: z.record(z.string(), z.string().regex(/^[^/\\]+$/)),
  /** Of the weights, from 0; base models only. */
  epoch: z.number().int().min(0).optional(),
  /** Fingerprint of what it was trained on. */
  data: z.string(),
  /** Note of the predictions that were made with these parts (`ichor.origin`, `ichor.identity`). */
  predictions: z.string(),
});

/**
 * What a fold of a model or stacker is made of. The trainer writes it when the fold has predicted its validation slices, and
 * removes it before the parts change.
 */
export interface FoldRecord extends Omit<z.infer<typeof recordSchema>, 'format' | 'version'> {
  /** Full paths. */
  readonly parts: Readonly<Record<string, string>>;
}

/** @throws IchorError `files/not-writable` */
export async function writeFoldRecord(path: string, record: FoldRecord): Promise<void> {
  const parts = Object.fromEntries(
    Object.entries(record.parts).map(([part, file]) => [part, basename(file)]),
  );
  await writeJsonFile(path, { format: 'ichor-fold', version: 1, ...record, parts });
}

/** @returns undefined when there is none. @throws ExperimentError `experiment/damaged` */
export async function readFoldRecord(path: string): Promise<FoldRecord | undefined> {
  const found = await readJsonFile(path, recordSchema, 'record of a trained fold');
  if (found === undefined) return undefined;
  const { kind, name, fold, settings, epoch, data, predictions } = found;
  const parts = Object.fromEntries(
    Object.entries(found.parts).map(([part, file]) => [part, join(dirname(path), file)]),
  );
  return { kind, name, fold, settings, parts, data, predictions, ...(epoch === undefined ? {} : { epoch }) };
}

export async function removeFoldRecord(path: string): Promise<void> {
  await rm(path, { force: true });
}
