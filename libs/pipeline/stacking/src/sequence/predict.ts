import { present } from '@ichor/files';
import type { Tensor } from '@ichor/nn';
import { LABELS } from '@ichor/tables';
import { swapSteps } from './examples.js';
import { PLACE_COLUMNS } from './network.js';
import { scoreOf, type SequenceRows } from './series.js';

const CLASSES = LABELS.length;
const PLACES = PLACE_COLUMNS.length;

/** Logits, the mean of reading each series from both ends. */
export interface SequenceLogits {
  /** One column a label, one value a slice. */
  readonly slices: readonly Float32Array[];
  /** One column a label, one value a series. */
  readonly study: readonly Float32Array[];
}

type Run = (inputs: Readonly<Record<string, Tensor>>) => Promise<Record<string, Tensor>>;

/** @param starts series k is the rows starts[k] to starts[k + 1] */
export async function predictSeries(
  run: Run,
  rows: SequenceRows,
  starts: Uint32Array,
): Promise<SequenceLogits> {
  const slices = LABELS.map(() => new Float32Array(rows.rows));
  const study = LABELS.map(() => new Float32Array(starts.length - 1));
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    const length = to - from;
    // Both ways as one batch.
    const results = await run(bothWays(rows, from, to));
    const [perSlice, perStudy] = [results['slices']?.data, results['study']?.data];
    if (perSlice === undefined || perStudy === undefined)
      throw new RangeError('the sequence model has no answer');
    for (let label = 0; label < CLASSES; label++) {
      for (let t = 0; t < length; t++) {
        const forwards = perSlice[t * CLASSES + label]!;
        const backwards = perSlice[(2 * length - 1 - t) * CLASSES + label]!;
        present(slices[label])[from + t] = (forwards + backwards) / 2;
      }
      present(study[label])[k] = (perStudy[label]! + perStudy[CLASSES + label]!) / 2;
    }
  }
  return { slices, study };
}

function bothWays(
  { columns, values, places, networks }: SequenceRows,
  from: number,
  to: number,
): Record<string, Tensor> {
  const length = to - from;
  const sequence = new Float32Array(2 * length * columns);
  const place = new Float32Array(2 * length * PLACES);
  const slicesAlone = new Float32Array(2 * length * CLASSES);
  const rows = Array.from({ length }, (_, t) => from + t);
  for (const [t, row] of rows.entries()) {
    for (const at of [t, 2 * length - 1 - t]) {
      sequence.set(values.subarray(row * columns, (row + 1) * columns), at * columns);
      slicesAlone.set(networks.subarray(row * CLASSES, (row + 1) * CLASSES), at * CLASSES);
      place.set(places.subarray(row * PLACES, (row + 1) * PLACES), at * PLACES);
    }
    swapSteps(place, (2 * length - 1 - t) * PLACES);
  }
  // The same from both ends.
  const score = scoreOf(networks, rows);
  return {
    sequence: { shape: [2, length, columns], data: sequence },
    place: { shape: [2, length, PLACES], data: place },
    mask: { shape: [2, length], data: new Float32Array(2 * length).fill(1) },
    networks: { shape: [2, length, CLASSES], data: slicesAlone },
    score: { shape: [2, CLASSES], data: Float32Array.of(...score, ...score) },
  };
}
