import { listFolder } from '@ichor/files';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How far a training is. */
export interface Progress {
  /** From 0. */
  readonly epoch: number;
  /** Epochs in all; undefined before the first one ended. */
  readonly epochs: number | undefined;
  /** Optimizer steps of this epoch that are done. */
  readonly step: number;
  /** Of each epoch. */
  readonly steps: number;
}

/** Bytes at the end of the metrics that hold the last step, also after an epoch's scores. */
const TAIL = 1 << 16;

/**
 * The progress of the training of a fold, from the end of its metrics.
 *
 * @param folder of the model
 * @returns undefined when it has not begun
 */
export async function trainingProgress(folder: string, fold: number): Promise<Progress | undefined> {
  const names = (await listFolder(folder)) ?? [];
  if (!names.includes(`fold${fold}_metrics.jsonl`)) return undefined;
  const last = lastStep(await tailOf(join(folder, `fold${fold}_metrics.jsonl`)));
  if (last === undefined) return undefined;
  return { ...last, epochs: await epochsOf(join(folder, `fold${fold}_history.json`)) };
}

/** Optimizer steps that a training has done; undefined when it has not begun. */
export async function stepsDone(folder: string, fold: number): Promise<number | undefined> {
  const progress = await trainingProgress(folder, fold);
  return progress === undefined ? undefined : progress.epoch * progress.steps + progress.step;
}

/** The last complete line about a step. */
export function lastStep(text: string): Omit<Progress, 'epochs'> | undefined {
  for (const line of text.trimEnd().split('\n').reverse()) {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null) continue;
      const { kind, epoch, step, steps } = value as Partial<Record<string, unknown>>;
      if (
        kind === 'step' &&
        typeof epoch === 'number' &&
        typeof step === 'number' &&
        typeof steps === 'number'
      ) {
        return { epoch, step: step + 1, steps };
      }
    } catch {
      // The first line of the tail, or one that is being written.
    }
  }
  return undefined;
}

async function tailOf(path: string): Promise<string> {
  const { size } = await stat(path);
  const file = await open(path);
  try {
    const length = Math.min(size, TAIL);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function epochsOf(path: string): Promise<number | undefined> {
  try {
    const history: unknown = JSON.parse(await readFile(path, 'utf8'));
    const settings = (history as { identity?: { settings?: { epochs?: unknown } } }).identity?.settings;
    return typeof settings?.epochs === 'number' ? settings.epochs : undefined;
  } catch {
    return undefined;
  }
}
