import { existsSync } from 'node:fs';
import { IchorError } from '@ichor/files';
import { LABELS, predictionsTable, readTable, type Layout } from '@ichor/tables';

/** Probabilities of some slices: rows x six labels, row by row. */
export interface PredictionSet {
  readonly ids: readonly string[];
  readonly probabilities: Float64Array;
}

/** The folds of a model whose predictions of this kind are there. */
export function foldsPresent(layout: Layout, model: string, set: 'valid' | 'test', folds = 5): number[] {
  return Array.from({ length: folds }, (_, fold) => fold).filter((fold) =>
    existsSync(layout.predictions(model, fold, set)),
  );
}

/** One table of predictions, with the mean over its test-time passes for every slice. */
export async function readMeanOfPasses(path: string): Promise<PredictionSet> {
  const { rows, columns } = await readTable(path, predictionsTable);
  const ids: string[] = [];
  const rowOf = new Map<string, number>();
  const target = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const id = columns.ID[row]!;
    let at = rowOf.get(id);
    if (at === undefined) rowOf.set(id, (at = ids.push(id) - 1));
    target[row] = at;
  }
  const passes = new Int32Array(ids.length);
  for (const at of target) passes[at]!++;
  const probabilities = new Float64Array(ids.length * LABELS.length);
  LABELS.forEach((label, l) => {
    const output = columns[`output_${label}`];
    for (let row = 0; row < rows; row++) {
      const at = target[row]!;
      probabilities[at * LABELS.length + l]! += output[row]! / passes[at]!;
    }
  });
  return { ids, probabilities };
}

/**
 * All out-of-fold predictions of a model: each slice as the fold predicted it that did not train on it.
 *
 * @throws IchorError `predictions/overlap` when two folds predict one slice
 */
export async function readOutOfFold(
  layout: Layout,
  model: string,
  folds: readonly number[],
): Promise<PredictionSet> {
  const parts: PredictionSet[] = [];
  const seen = new Set<string>();
  for (const fold of folds) {
    const file = layout.predictions(model, fold, 'valid');
    const part = await readMeanOfPasses(file);
    for (const id of part.ids) {
      if (seen.has(id)) {
        throw new IchorError({
          code: 'predictions/overlap',
          file,
          reason: `slice ${id} is in another fold of ${model} too`,
          remedy: `predict all folds of ${model} again with the same folds table`,
        });
      }
      seen.add(id);
    }
    parts.push(part);
  }
  return concatenate(parts);
}

/** The mean over the folds' predictions of the test set; a slice counts those folds that have it. */
export async function readTestMean(
  layout: Layout,
  model: string,
  folds: readonly number[],
): Promise<PredictionSet> {
  const ids: string[] = [];
  const rowOf = new Map<string, number>();
  const sums: number[] = [];
  const counts: number[] = [];
  for (const fold of folds) {
    const part = await readMeanOfPasses(layout.predictions(model, fold, 'test'));
    part.ids.forEach((id, row) => {
      let at = rowOf.get(id);
      if (at === undefined) {
        rowOf.set(id, (at = ids.push(id) - 1));
        counts.push(0);
        for (let l = 0; l < LABELS.length; l++) sums.push(0);
      }
      counts[at]!++;
      for (let l = 0; l < LABELS.length; l++) {
        sums[at * LABELS.length + l]! += part.probabilities[row * LABELS.length + l]!;
      }
    });
  }
  const probabilities = Float64Array.from(sums, (sum, i) => sum / counts[Math.floor(i / LABELS.length)]!);
  return { ids, probabilities };
}

function concatenate(parts: readonly PredictionSet[]): PredictionSet {
  const ids = parts.flatMap((part) => part.ids);
  const probabilities = new Float64Array(ids.length * LABELS.length);
  let at = 0;
  for (const part of parts) {
    probabilities.set(part.probabilities, at);
    at += part.probabilities.length;
  }
  return { ids, probabilities };
}

/**
 * The rows of a set for given slices, in their order.
 *
 * @throws IchorError `predictions/missing-slice`
 */
export function selectSlices(set: PredictionSet, ids: readonly string[]): Float64Array {
  const rowOf = new Map(set.ids.map((id, row) => [id, row]));
  const width = LABELS.length;
  const selected = new Float64Array(ids.length * width);
  ids.forEach((id, i) => {
    const row = rowOf.get(id);
    if (row === undefined) {
      throw new IchorError({
        code: 'predictions/missing-slice',
        reason: `there is no prediction of slice ${id}`,
      });
    }
    selected.set(set.probabilities.subarray(row * width, (row + 1) * width), i * width);
  });
  return selected;
}
