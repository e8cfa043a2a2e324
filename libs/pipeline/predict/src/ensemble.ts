import type { BundledStacker, BundleManifest } from '@ichor/bundle';
import { present } from '@ichor/files';
import { alignPredictions } from '@ichor/predictions';
import { singleStudy, type Embedding, type SequenceAnswer } from '@ichor/stacking';
import { LABELS } from '@ichor/tables';
import { mustBeNumbers } from './not-a-number.js';
import type { StackerPool } from './stacker-pool.js';

/** Probabilities of a study's slices by one network or stacker, one column a label. */
export type LabelColumns = readonly Float32Array[];

/** The predictions of each network of every fold: fold to model to columns. */
export type FoldPredictions = ReadonlyMap<number, ReadonlyMap<string, LabelColumns>>;

/** Feature vectors of the slices: fold to model to vectors. */
export type FoldEmbeddings = ReadonlyMap<number, ReadonlyMap<string, Embedding>>;

/** The data of a study that stackers read in addition to the predictions of the networks. */
export interface StudySlices {
  readonly ids: readonly string[];
  /** Along the axis of the body, mm; NaN where it is not known. */
  readonly positions: Float64Array;
  readonly embeddings: FoldEmbeddings;
}

/** Probabilities of the slices, and of the study where the ensemble answers for it. */
export interface EnsembleAnswer {
  readonly slices: LabelColumns;
  readonly study?: readonly number[];
}

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
 * The predictions of the stackers for a study. In each fold a stacker sees the networks and stackers of that fold, as in training;
 * the answer is the mean over the folds of the final stacker. A sequence model also gives the answer for the
 * study.
 */
export async function stackStudy(
  { stackers, ensemble }: Pick<BundleManifest, 'stackers' | 'ensemble'>,
  networks: FoldPredictions,
  { ids, positions, embeddings }: StudySlices,
  pool: Pick<StackerPool, 'use'>,
  signal?: AbortSignal,
): Promise<EnsembleAnswer> {
  const slices = singleStudy(ids, positions);
  const known = new Map([...networks].map(([fold, models]) => [fold, new Map(models)]));
  const answers: (Pick<SequenceAnswer, 'slices'> & Partial<SequenceAnswer>)[] = [];
  for (const stacker of stackers) {
    signal?.throwIfAborted();
    const ofFold = present(known.get(stacker.fold));
    const { inputs } = stacker.settings;
    // Copies: aligning clips in place.
    const columns = inputs.map((input) => present(ofFold.get(input)).map((column) => column.slice()));
    const opened = await pool.use(stacker);
    const vectors = vectorsFor(stacker, embeddings);
    const predictions = alignPredictions(inputs, columns);
    const answer = opened.answer
      ? await opened.answer(slices, predictions, vectors)
      : { slices: await opened.predict(slices, predictions) };
    for (const column of [...answer.slices, ...('studies' in answer ? answer.studies : [])])
      mustBeNumbers(column, `${stacker.name}, fold ${stacker.fold},`);
    ofFold.set(stacker.name, answer.slices);
    if (ensemble.kind === 'stacking' && stacker.name === ensemble.final) answers.push(answer);
  }
  const studies = answers.flatMap((answer) => (answer.studies ? [answer.studies] : []));
  return {
    slices: meanOf(answers.map((answer) => answer.slices)),
    ...(studies.length > 0 ? { study: meanOf(studies).map(([value]) => present(value)) } : {}),
  };
}

/** The feature vectors that a sequence model reads, in its order. */
function vectorsFor({ settings, fold }: BundledStacker, embeddings: FoldEmbeddings): Embedding[] {
  return settings.kind === 'sequence'
    ? settings.embeddings.map((model) => present(present(embeddings.get(fold)).get(model)))
    : [];
}

/** Models whose feature vectors a sequence model of some fold reads, as `model fold`. */
export function embeddedNetworks({ stackers }: Pick<BundleManifest, 'stackers'>): ReadonlySet<string> {
  return new Set(
    stackers.flatMap(({ settings, fold }) =>
      settings.kind === 'sequence' ? settings.embeddings.map((model) => `${model} ${fold}`) : [],
    ),
  );
}

function meanOf(all: readonly LabelColumns[]): Float32Array[] {
  const [first = []] = all;
  return first.map((column, label) =>
    column.map((_, row) => all.reduce((sum, columns) => sum + present(columns[label])[row]!, 0) / all.length),
  );
}
