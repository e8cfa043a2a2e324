import { existsSync } from 'node:fs';
import { featuresTable, readBatches, type Layout, type PredictionKind } from '@ichor/tables';
import { StackingError } from '../error.js';
import type { Embedding } from './series.js';

export interface EmbeddingRead {
  readonly models: readonly string[];
  readonly folds: readonly number[];
  readonly kind: PredictionKind;
  /** Slices in the order of the rows. */
  readonly ids: readonly string[];
}

/**
 * The feature vectors of slices, each by the fold of the network that had not seen them.
 *
 * @throws StackingError `stacking/missing-features` for a file that is not there, or a slice or a size that does not fit
 */
export async function readEmbeddings(
  paths: Layout,
  { models, folds, kind, ids }: EmbeddingRead,
): Promise<Embedding[]> {
  const rowOf = new Map(ids.map((id, row) => [id, row]));
  const embeddings: Embedding[] = [];
  for (const model of models) {
    let values: Float32Array | undefined;
    let size = 0;
    const isFilled = new Uint8Array(ids.length);
    for (const fold of folds) {
      const path = paths.features(model, fold, kind);
      if (!existsSync(path)) throw missing(path, `the feature vectors of ${model} are not there`, model);
      for await (const { columns } of readBatches(path, featuresTable)) {
        const vectors = columns.features;
        size ||= vectors.size;
        values ??= new Float32Array(ids.length * size);
        if (vectors.size !== size)
          throw missing(path, `has vectors of ${vectors.size} numbers, not ${size}`, model);
        for (const [i, id] of columns.ID.entries()) {
          const row = rowOf.get(id);
          if (row === undefined) continue;
          values.set(vectors.values.subarray(i * size, (i + 1) * size), row * size);
          isFilled[row] = 1;
        }
      }
    }
    const gap = isFilled.indexOf(0);
    if (values === undefined || gap >= 0) {
      throw missing(paths.model(model), `there is no feature vector of slice ${ids[gap] ?? '(none)'}`, model);
    }
    embeddings.push({ size, values });
  }
  return embeddings;
}

function missing(file: string, reason: string, model: string): StackingError {
  return new StackingError({
    code: 'stacking/missing-features',
    file,
    reason,
    remedy: `set features: true in the config of ${model} and predict it again, or leave it out of "embeddings"`,
  });
}
