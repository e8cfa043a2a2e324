import type { BundleManifest } from '@ichor/bundle';
import { alignPredictions } from '@ichor/predictions';
import { singleStudy } from '@ichor/stacking';
import { LABELS } from '@ichor/tables';
import { mustBeNumbers } from './not-a-number.js';
import type { StackerPool } from './stacker-pool.js';

/** Probabilities of a study's slices by one network or stacker, one column a label. */
export type LabelColumns = readonly Float32Array[];

/** Of every fold, what each network says: fold to model to columns. */
export type FoldPredictions = ReadonlyMap<number, ReadonlyMap<string, LabelColumns>>;

/** Slices x six labels to one column a label. */
export function labelColumns(rows: ArrayLike<number>): Float32Array[] {
  const slices = rows.length / LABELS.length;
  return LABELS.map((_, label) =>
    Float32Array.from({ length: slices }, (_, i) => rows[i * LABELS.length + label]!),
  );
}

/** The mean over all networks of all folds. */
export function meanOfNetworks(predictions: FoldPredictions): Float32Array[] {
  return meanOf([...predictions.values()].flatMap((models) => [...models.values()]));
}

/**
 * What the stackers make of a study. In each fold a stacker sees the networks and stackers of that fold, as in training;
 * the answer is the mean over the folds of the stacker that speaks for the ensemble.
 */
export async function stackStudy(
  { stackers, ensemble }: Pick<BundleManifest, 'stackers' | 'ensemble'>,
  networks: FoldPredictions,
  ids: readonly string[],
  pool: Pick<StackerPool, 'use'>,
  signal?: AbortSignal,
): Promise<Float32Array[]> {
  const slices = singleStudy(ids);
  const known = new Map([...networks].map(([fold, models]) => [fold, new Map(models)]));
  const answers: LabelColumns[] = [];
  for (const stacker of stackers) {
    signal?.throwIfAborted();
    const ofFold = known.get(stacker.fold)!;
    const { inputs } = stacker.settings;
    // Copies: aligning clips in place.
    const columns = inputs.map((input) => ofFold.get(input)!.map((column) => column.slice()));
    const opened = await pool.use(stacker);
    const predicted = await opened.predict(slices, alignPredictions(inputs, columns));
    for (const column of predicted) mustBeNumbers(column, `${stacker.name}, fold ${stacker.fold},`);
    ofFold.set(stacker.name, predicted);
    if (ensemble.kind === 'stacking' && stacker.name === ensemble.final) answers.push(predicted);
  }
  return meanOf(answers);
}

function meanOf(all: readonly LabelColumns[]): Float32Array[] {
  const [first = []] = all;
  return first.map((column, label) =>
    column.map((_, row) => all.reduce((sum, columns) => sum + columns[label]![row]!, 0) / all.length),
  );
}
