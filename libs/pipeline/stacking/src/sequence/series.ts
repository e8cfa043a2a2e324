import { studyScore } from '@ichor/predictions';
import type { AlignedPredictions } from '@ichor/predictions';
import { present } from '@ichor/files';
import { LABELS } from '@ichor/tables';
import type { OrderedSlices } from '../slices/ordered-slices.js';
import { logitOf, meanLogits, sigmoid } from './logits.js';
import { PLACE_COLUMNS } from './network.js';

/** Vectors that a network made of slices, row by row in the order of the slices. */
export interface Embedding {
  readonly size: number;
  readonly values: Float32Array;
}

/** Numbers of slices, row by row. */
export interface Columns {
  readonly rows: number;
  readonly columns: number;
  /** rows x columns */
  readonly values: Float32Array;
}

/** What the sequence model reads of some slices, row by row. */
export interface SequenceRows extends Columns {
  /** rows x {@link PLACE_COLUMNS} */
  readonly places: Float32Array;
  /** rows x 6: mean logits of the base models */
  readonly networks: Float32Array;
}

/** Logits of all inputs and labels, one row a slice. */
export function logitColumns({ columns: models }: Pick<AlignedPredictions, 'columns'>): Columns {
  const labels = models.flat();
  const rows = labels[0]?.length ?? 0;
  const values = new Float32Array(rows * labels.length);
  labels.forEach((column, at) => {
    for (let row = 0; row < rows; row++) values[row * labels.length + at] = logitOf(column[row]!);
  });
  return { rows, columns: labels.length, values };
}

/** All feature vectors of a slice in one row. */
export function embeddingColumns(embeddings: readonly Embedding[], rows: number): Columns {
  return beside(embeddings.map(({ size, values }) => ({ rows, columns: size, values })));
}

/** The columns of all parts, in their order. */
export function beside(parts: readonly Columns[]): Columns {
  const rows = parts[0]?.rows ?? 0;
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const values = new Float32Array(rows * columns);
  let at = 0;
  for (const part of parts) {
    for (let row = 0; row < rows; row++) {
      values.set(part.values.subarray(row * part.columns, (row + 1) * part.columns), row * columns + at);
    }
    at += part.columns;
  }
  return { rows, columns, values };
}

/** Some of the rows. */
export function pickRows(values: Float32Array, size: number, rows: ArrayLike<number>): Float32Array {
  const picked = new Float32Array(rows.length * size);
  for (let i = 0; i < rows.length; i++)
    picked.set(values.subarray(rows[i]! * size, (rows[i]! + 1) * size), i * size);
  return picked;
}

/** The inputs of slices in addition to the scaled columns. */
export function besidesColumns(
  slices: OrderedSlices,
  { columns }: Pick<AlignedPredictions, 'columns'>,
): Pick<SequenceRows, 'places' | 'networks'> {
  const mean = meanLogits(columns);
  const networks = new Float32Array(slices.rows * LABELS.length);
  mean.forEach((column, label) => {
    for (let row = 0; row < slices.rows; row++) networks[row * LABELS.length + label] = column[row]!;
  });
  return { places: placesOf(slices), networks };
}

/** Logits of a study by the networks alone: per label the largest mean of three neighbours among the rows. */
export function scoreOf(networks: Float32Array, rows: readonly number[]): number[] {
  return LABELS.map((_, label) =>
    logitOf(studyScore(rows.map((row) => sigmoid(present(networks[row * LABELS.length + label]))))),
  );
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
