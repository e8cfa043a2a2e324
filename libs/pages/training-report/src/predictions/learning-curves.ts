import { readTextFile } from '@ichor/files';
import { join } from 'node:path';
import type { Layout } from '@ichor/tables';
import { z } from 'zod';

export interface LearningCurve {
  readonly model: string;
  readonly fold: number;
  /** By epoch, from 0. */
  readonly epochs: readonly { readonly training: number; readonly validation: number }[];
}

const epochSchema = z.object({
  kind: z.literal('epoch'),
  epoch: z.number(),
  trainingLoss: z.number(),
  validationLoss: z.number(),
});

/** Losses by epoch of those models and folds that left a metrics.jsonl. */
export async function readLearningCurves(
  layout: Layout,
  models: readonly { readonly name: string; readonly folds: readonly number[] }[],
): Promise<LearningCurve[]> {
  const curves: LearningCurve[] = [];
  for (const { name, folds } of models) {
    for (const fold of folds) {
      const text = (await readTextFile(join(layout.model(name), `fold${fold}_metrics.jsonl`))) ?? '';
      const epochs = text.split('\n').flatMap((line) => {
        const record = epochSchema.safeParse(parse(line));
        return record.success ? [record.data] : [];
      });
      if (epochs.length === 0) continue;
      epochs.sort((a, b) => a.epoch - b.epoch);
      curves.push({
        model: name,
        fold,
        epochs: epochs.map((epoch) => ({ training: epoch.trainingLoss, validation: epoch.validationLoss })),
      });
    }
  }
  return curves;
}

/** Undefined for the last line of a run that was killed while it wrote. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
