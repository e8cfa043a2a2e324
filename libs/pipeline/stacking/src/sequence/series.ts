import type { FeatureMatrix } from '@ichor/gbdt';
import type { AlignedPredictions } from '@ichor/predictions';
import type { OrderedSlices } from '../slices/ordered-slices.js';
import { PLACE_COLUMNS } from './network.js';

/** Vectors that a network made of slices, row by row in the order of the slices. */
export interface Embedding {
  readonly size: number;
  readonly values: Float32Array;
}

/** What the sequence model reads of some slices, row by row. */
export interface SequenceRows {
  readonly rows: number;
  readonly columns: number;
  /** rows x columns */
  readonly values: Float32Array;
  /** rows x {@link PLACE_COLUMNS} */
  readonly places: Float32Array;
}

/** Probabilities nearer to 0 or 1 than this say no more. */
const LIMIT = 1e-5;

/**
 * Logits of all inputs and labels, then the embeddings, one row a slice.
 *
 * @param embeddings of the same slices
 */
export function sequenceRows(
  slices: OrderedSlices,
  predictions: Pick<AlignedPredictions, 'columns'>,
  embeddings: readonly Embedding[],
): SequenceRows {
  const labels = predictions.columns.flat();
  const columns = labels.length + embeddings.reduce((sum, { size }) => sum + size, 0);
  const values = new Float32Array(slices.rows * columns);
  for (let row = 0; row < slices.rows; row++) {
    let at = row * columns;
    for (const column of labels) values[at++] = logit(column[row]!);
    for (const { size, values: vectors } of embeddings) {
      values.set(vectors.subarray(row * size, (row + 1) * size), at);
      at += size;
    }
  }
  return { rows: slices.rows, columns, values, places: placesOf(slices) };
}

function logit(probability: number): number {
  const p = Math.min(Math.max(probability, LIMIT), 1 - LIMIT);
  return Math.log(p / (1 - p));
}

/** Usual distance of slices and usual number of them, by which the place is scaled. */
const [USUAL_STEP, USUAL_SLICES] = [5, 32];

/**
 * Where each slice is: its place in the series (0 at the feet, 1 at the head), the distances to the slices before and after
 * it in 5 mm (0 at the ends and where positions are unknown, at most 4), and the number of slices over 32.
 */
export function placesOf({ rows, starts, positions }: OrderedSlices): Float32Array {
  const places = new Float32Array(rows * PLACE_COLUMNS.length);
  const step = (from: number, to: number) => {
    const distance = Math.abs(positions[to]! - positions[from]!) / USUAL_STEP;
    return Number.isFinite(distance) ? Math.min(distance, 4) : 0;
  };
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    for (let row = from; row < to; row++) {
      places.set(
        [
          to - from > 1 ? (row - from) / (to - from - 1) : 0.5,
          row > from ? step(row - 1, row) : 0,
          row + 1 < to ? step(row, row + 1) : 0,
          (to - from) / USUAL_SLICES,
        ],
        row * PLACE_COLUMNS.length,
      );
    }
  }
  return places;
}

/** The same values as a matrix that a scaler takes. */
export function matrixOf({ rows, columns, values }: SequenceRows): FeatureMatrix {
  return { rows, names: Array.from({ length: columns }, (_, i) => `input ${i}`), data: values, order: 'row' };
}
