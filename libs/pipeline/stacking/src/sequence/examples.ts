import { present } from '@ichor/files';
import type { RandomStream } from '@ichor/files/random';
import type { Tensor } from '@ichor/nn';
import { LABELS } from '@ichor/tables';
import { PLACE_COLUMNS } from './network.js';
import { scoreOf, type SequenceRows } from './series.js';
import type { SequenceSettings } from './settings.js';

const CLASSES = LABELS.length;
const PLACES = PLACE_COLUMNS.length;

/** Series with the truth: what training draws from. */
export interface KnownSeries {
  readonly rows: SequenceRows;
  /** Series k is the rows starts[k] to starts[k + 1]. */
  readonly starts: Uint32Array;
  /** One column a label, 0 or 1. */
  readonly targets: readonly Float32Array[];
}

export interface SequenceBatch {
  readonly inputs: Readonly<Record<'sequence' | 'place' | 'mask' | 'networks' | 'score', Tensor>>;
  readonly targets: Tensor;
  readonly weights: Tensor;
}

/** Rows of the slices of one example, in the order in which they are read. */
export function drawRows(
  from: number,
  to: number,
  { slices, reverse, thin }: Pick<SequenceSettings, 'slices' | 'reverse' | 'thin'>,
  random: RandomStream,
): number[] {
  const step = to - from >= 4 && random.bernoulli(thin) ? 2 : 1;
  const first = from + (step === 2 ? random.integer(2) : 0);
  const all = Array.from({ length: Math.ceil((to - first) / step) }, (_, i) => first + i * step);
  const start = all.length > slices ? random.integer(all.length - slices + 1) : 0;
  const cut = all.slice(start, start + slices);
  return random.bernoulli(reverse) ? cut.reverse() : cut;
}

/**
 * One batch of padded examples with targets and weights of all elements of `logits`: the slices, the study, and the study
 * again without the order of its slices. The study is positive for a label when one of the slices shown is.
 *
 * Weights: each loss is a mean over what there is (slices, studies) and over the labels by their weights, times its own
 * weight. Padding weighs nothing. A batch that is not full is filled with its first example at weight 0, so that every
 * batch has the shapes of the compiled graph.
 *
 * @param chosen numbers of the series
 */
export function sequenceBatch(
  known: KnownSeries,
  chosen: readonly number[],
  settings: Pick<SequenceSettings, 'slices' | 'reverse' | 'thin' | 'batchSize' | 'losses' | 'labelWeights'>,
  random: RandomStream,
): SequenceBatch {
  const examples = chosen.map((series) =>
    drawRows(known.starts[series]!, known.starts[series + 1]!, settings, random),
  );
  return { inputs: inputsOf(known.rows, examples, settings), ...truthOf(known.targets, examples, settings) };
}

type BatchShape = Pick<SequenceSettings, 'slices' | 'batchSize'>;
/** Rows of the slices of each example. */
type Examples = readonly (readonly number[])[];

function inputsOf(
  { columns, values, places, networks }: SequenceRows,
  examples: Examples,
  { slices: steps, batchSize }: BatchShape,
): SequenceBatch['inputs'] {
  const sequence = new Float32Array(batchSize * steps * columns);
  const place = new Float32Array(batchSize * steps * PLACES);
  const mask = new Float32Array(batchSize * steps);
  const slicesAlone = new Float32Array(batchSize * steps * CLASSES);
  const score = new Float32Array(batchSize * CLASSES);
  for (let n = 0; n < batchSize; n++) {
    const rows = examples[n] ?? examples[0] ?? [];
    score.set(scoreOf(networks, rows), n * CLASSES);
    rows.forEach((row, t) => {
      const at = n * steps + t;
      mask[at] = 1;
      sequence.set(values.subarray(row * columns, (row + 1) * columns), at * columns);
      slicesAlone.set(networks.subarray(row * CLASSES, (row + 1) * CLASSES), at * CLASSES);
      place.set(places.subarray(row * PLACES, (row + 1) * PLACES), at * PLACES);
      // Read from the head to the feet, the distances before and after change places.
      if (rows.length > 1 && present(rows[1]) < present(rows[0])) swapSteps(place, at * PLACES);
    });
  }
  return {
    sequence: { shape: [batchSize, steps, columns], data: sequence },
    place: { shape: [batchSize, steps, PLACES], data: place },
    mask: { shape: [batchSize, steps], data: mask },
    networks: { shape: [batchSize, steps, CLASSES], data: slicesAlone },
    score: { shape: [batchSize, CLASSES], data: score },
  };
}

function truthOf(
  columns: KnownSeries['targets'],
  examples: Examples,
  {
    slices: steps,
    batchSize,
    losses,
    labelWeights,
  }: BatchShape & Pick<SequenceSettings, 'losses' | 'labelWeights'>,
): Pick<SequenceBatch, 'targets' | 'weights'> {
  const size = (steps + 2) * CLASSES;
  const targets = new Float32Array(batchSize * size);
  const weights = new Float32Array(batchSize * size);
  const shown = examples.reduce((sum, rows) => sum + rows.length, 0);
  const labelSum = labelWeights.reduce((sum, weight) => sum + weight, 0);
  for (let n = 0; n < batchSize; n++) {
    const rows = examples[n] ?? examples[0] ?? [];
    const counts = n < examples.length ? 1 : 0;
    columns.forEach((column, label) => {
      const share = (counts * present(labelWeights[label])) / labelSum;
      let any = 0;
      rows.forEach((row, t) => {
        const target = column[row]!;
        any = Math.max(any, target);
        const at = n * size + t * CLASSES + label;
        targets[at] = target;
        weights[at] = (losses.slices * share) / shown;
      });
      for (const [head, loss] of [losses.study, losses.instances].entries()) {
        const at = n * size + (steps + head) * CLASSES + label;
        targets[at] = any;
        weights[at] = (loss * share) / examples.length;
      }
    });
  }
  return {
    targets: { shape: [batchSize, size], data: targets },
    weights: { shape: [batchSize, size], data: weights },
  };
}

/** The place of a slice seen from the other end, in place. */
export function swapSteps(places: Float32Array, at: number): void {
  const [place, before, after] = places.subarray(at, at + 3);
  places.set([1 - present(place), present(after), present(before)], at);
}

/** Series in random order, another one each epoch, `batchSize` at a time. */
export function epochBatches(seriesCount: number, batchSize: number, random: RandomStream): number[][] {
  const order = [...random.shuffle(Int32Array.from({ length: seriesCount }, (_, i) => i))];
  return Array.from({ length: Math.ceil(seriesCount / batchSize) }, (_, i) =>
    order.slice(i * batchSize, (i + 1) * batchSize),
  );
}
