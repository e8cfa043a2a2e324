import { present } from '@ichor/files';
import type { AlignedPredictions } from '@ichor/predictions';
import type { StateDict } from '@ichor/nn';
import { applyScaler, fitScaler, scalerOf, scalerTensors, type Scaler } from '../features/scaling.js';
import type { OrderedSlices } from '../slices/ordered-slices.js';
import { project, type Projection } from './principal.js';
import {
  beside,
  besidesColumns,
  embeddingColumns,
  logitColumns,
  pickRows,
  type Columns,
  type Embedding,
  type SequenceRows,
} from './series.js';

/** How predictions and feature vectors become what the sequence model reads. */
export interface Reading {
  /** Of the logits of all inputs, then the numbers of all feature vectors. */
  readonly scaler: Scaler;
  /** Which of the feature vectors are read. */
  readonly used: readonly boolean[];
  /** Of the numbers of those; without one they are read as they are. */
  readonly projection?: Projection | undefined;
}

/** What a stacker knows of some slices. */
export interface KnownSlices {
  readonly slices: OrderedSlices;
  readonly predictions: Pick<AlignedPredictions, 'columns'>;
  readonly embeddings: readonly Embedding[];
}

/** Logits of all inputs, then all feature vectors, not yet scaled. */
export function unscaledColumns({ slices, predictions, embeddings }: KnownSlices): Columns {
  const logits = logitColumns(predictions);
  return embeddings.length === 0 ? logits : beside([logits, embeddingColumns(embeddings, slices.rows)]);
}

/** Scales in place. */
export function scaleColumns(scaler: Scaler, columns: Columns): Columns {
  applyScaler(scaler, matrixOf(columns));
  return columns;
}

/** By mean and deviation of each column. */
export function scalerFor(columns: Columns): Scaler {
  return fitScaler(matrixOf(columns), 'standard');
}

/** Scales the rows of each fold by their own mean and deviation, in place: each fold has a network of its own. */
export function scaleByFold(columns: Columns, folds: Uint8Array): Columns {
  const { columns: width, values } = columns;
  for (const fold of new Set(folds)) {
    const rows = [...folds.keys()].filter((row) => folds[row] === fold);
    const part = { rows: rows.length, columns: width, values: pickRows(values, width, rows) };
    scaleColumns(scalerFor(part), part);
    rows.forEach((row, i) => values.set(part.values.subarray(i * width, (i + 1) * width), row * width));
  }
  return columns;
}

/** From scaled columns to what is read. */
export function readScaled(
  scaled: Columns,
  known: KnownSlices,
  { used, projection }: Pick<Reading, 'used' | 'projection'>,
): SequenceRows {
  const parts = splitColumns(scaled, known);
  const logits = present(parts[0]);
  const vectors = parts.slice(1).filter((_, i) => used[i]);
  const together = vectors.length === 0 ? [] : [beside(vectors)];
  const read = beside([logits, ...(projection ? together.map((of) => project(of, projection)) : together)]);
  return { ...read, ...besidesColumns(known.slices, known.predictions) };
}

/** The logits, then the numbers of each feature vector. */
export function splitColumns({ rows, columns, values }: Columns, { embeddings }: KnownSlices): Columns[] {
  const vectors = embeddings.reduce((sum, { size }) => sum + size, 0);
  let from = 0;
  return [columns - vectors, ...embeddings.map(({ size }) => size)].map((size) => {
    const part = new Float32Array(rows * size);
    for (let row = 0; row < rows; row++) {
      const at = row * columns + from;
      part.set(values.subarray(at, at + size), row * size);
    }
    from += size;
    return { rows, columns: size, values: part };
  });
}

/** As the weights' file keeps it. */
export function readingTensors({ scaler, used, projection }: Reading): StateDict {
  const tensors = new Map(scalerTensors(scaler));
  tensors.set('reading.used', { shape: [used.length], data: Float32Array.from(used, Number) });
  if (projection !== undefined) {
    const { size, columns, directions } = projection;
    tensors.set('reading.projection', { shape: [size, columns], data: directions });
  }
  return tensors;
}

/** As {@link readingTensors} kept it. */
export function readingOf(tensors: StateDict): Reading {
  const stored = tensors.get('reading.projection');
  const [size = 0, columns = 0] = stored?.shape ?? [];
  return {
    scaler: scalerOf(tensors),
    used: Array.from(tensors.get('reading.used')?.data ?? [], (value) => value > 0),
    ...(stored === undefined ? {} : { projection: { size, columns, directions: stored.data } }),
  };
}

/** The columns as a matrix that a scaler takes. */
function matrixOf({ rows, columns, values }: Columns) {
  const names = Array.from({ length: columns }, (_, i) => `input ${i}`);
  return { rows, names, data: values, order: 'row' } as const;
}
