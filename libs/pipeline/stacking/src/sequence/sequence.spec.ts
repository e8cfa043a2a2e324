import { rm } from 'node:fs/promises';
import { RandomStream } from '@ichor/files/random';
import { inferShapes } from '@ichor/nn';
import { rocAuc } from '@ichor/metrics';
import { LABELS, readTable, studyPredictionsTable } from '@ichor/tables';
import { describe, expect, it } from 'vitest';
import { makeStacker } from '../config/define.js';
import { sequenceSettings } from '../config/presets.js';
import type { OrderedSlices } from '../slices/ordered-slices.js';
import { makeTinyRoot } from '../testing/tiny-root.js';
import { trainStackerFold } from '../train/train-stacker-fold.js';
import { agreement } from './alike.js';
import { chooseShares } from './blend.js';
import { drawRows, epochBatches, sequenceBatch, type KnownSeries } from './examples.js';
import { sequenceNetwork } from './network.js';
import { predictSeries } from './predict.js';
import { principalDirections, project } from './principal.js';
import {
  readingOf,
  readingTensors,
  readScaled,
  scaleByFold,
  unscaledColumns,
  type KnownSlices,
} from './reading.js';
import { placesOf, scoreOf } from './series.js';
import { sequenceSettingsSchema } from './settings.js';
import { sizeFor } from './size.js';
import { rateOf } from './train-sequence.js';
import { unlimited } from '../features/scaling.js';

const cpu = { threads: 1, provider: 'cpu' } as const;
const settings = sequenceSettingsSchema.parse({ ...sequenceSettings, slices: 4, batchSize: 3 });

/** Two series, of three slices and of one. */
const slices: OrderedSlices = {
  rows: 4,
  ids: ['a', 'b', 'c', 'd'],
  starts: Uint32Array.of(0, 3, 4),
  patients: Uint32Array.of(0, 0, 0, 1),
  patientCount: 2,
  positionOrd: Float32Array.of(1 / 3, 2 / 3, 1, 1),
  positions: Float64Array.of(0, 5, 15, 7),
  tableRows: Uint32Array.of(0, 1, 2, 3),
};
const predictions = { columns: [LABELS.map((_, label) => Float32Array.of(0.5, 0.2, 0.9, 0.1 * label))] };

/** As they are: nothing is scaled, all feature vectors are read. */
function rowsOf(known: Partial<KnownSlices> = {}) {
  const of: KnownSlices = { slices, predictions, embeddings: [], ...known };
  return readScaled(unscaledColumns(of), of, { used: of.embeddings.map(() => true) });
}

describe('what the sequence model reads', () => {
  const embedding = { size: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };

  it('is logits, then feature vectors', () => {
    const { columns, values, networks } = rowsOf({ embeddings: [embedding] });
    expect(columns).toBe(8);
    // log(0.2 / 0.8), then the vector of the second slice.
    expect(values[8]).toBeCloseTo(-1.386294, 5);
    expect([...values.subarray(14, 16)]).toEqual([3, 4]);
    // The mean logits of one network are its logits.
    expect([...networks.subarray(6, 12)]).toEqual([...values.subarray(8, 14)]);
  });

  it('leaves out feature vectors that are not used, and reads others in few directions', () => {
    const other = { size: 1, values: Float32Array.of(9, 9, 9, 9) };
    const known = { slices, predictions, embeddings: [other, embedding] };
    const projection = { size: 1, columns: 2, directions: Float32Array.of(10, 1) };
    const reading = { scaler: unlimited(9), used: [false, true], projection };
    const { columns, values } = readScaled(unscaledColumns(known), known, reading);
    expect(columns).toBe(7);
    expect([6, 13, 20, 27].map((at) => values[at])).toEqual([12, 34, 56, 78]);
    // The same from the weights' file.
    const kept = readingOf(readingTensors(reading));
    expect([kept.used, kept.projection]).toEqual([reading.used, projection]);
  });

  it('is scaled by the networks of each fold', () => {
    const columns = { rows: 4, columns: 1, values: Float32Array.of(1, 10, 3, 30) };
    // Fold 0 has 1 and 3, fold 1 has 10 and 30: each has mean 0 and deviation 1 afterwards.
    expect([...scaleByFold(columns, Uint8Array.of(0, 1, 0, 1)).values]).toEqual([-1, -1, 1, 1]);
  });

  it('knows the largest mean of three neighbours, the score of a study by the networks alone', () => {
    const { networks } = rowsOf();
    // any: 0.5, 0.2 and 0.9; the mean of two at the end is larger than that of all three.
    expect(scoreOf(networks, [0, 1, 2])[0]).toBeCloseTo(Math.log(0.55 / 0.45), 5);
  });

  it('knows the place of each slice, and gaps', () => {
    // Steps of 5 and 10 mm over the usual 5; three slices of the usual 32; a single slice is in the middle.
    const places = [...placesOf(slices)];
    [0, 0, 1, 3 / 32, 0.5, 1, 2, 3 / 32, 1, 2, 0, 3 / 32, 0.5, 0, 0, 1 / 32].forEach((value, i) =>
      expect(places[i]).toBeCloseTo(value, 6),
    );
    const unknown = placesOf({ ...slices, positions: new Float64Array(4).fill(NaN) });
    expect([unknown[1], unknown[2], unknown[6]]).toEqual([0, 0, 0]);
  });
});

describe('training examples', () => {
  const known: KnownSeries = {
    rows: rowsOf(),
    starts: slices.starts,
    targets: LABELS.map((_, label) => Float32Array.of(0, label === 1 ? 0 : 1, 0, 0)),
  };

  it('are cut, thinned and reversed', () => {
    const random = new RandomStream('examples');
    const all = { slices: 4, reverse: 0, thin: 0 };
    expect(drawRows(2, 5, all, random)).toEqual([2, 3, 4]);
    expect(drawRows(2, 5, { ...all, reverse: 1 }, random)).toEqual([4, 3, 2]);
    const cuts = Array.from({ length: 200 }, () => drawRows(0, 7, all, random));
    expect(new Set(cuts.map(([first]) => first))).toEqual(new Set([0, 1, 2, 3]));
    const thin = Array.from({ length: 50 }, () => drawRows(0, 7, { ...all, thin: 0.999999 }, random).join());
    expect(new Set(thin)).toEqual(new Set(['0,2,4,6', '1,3,5']));
    // Too short to leave slices out.
    expect(drawRows(0, 3, { ...all, thin: 0.999999 }, random)).toEqual([0, 1, 2]);
  });

  it('are weighted so that each loss is a mean, and padding counts for nothing', () => {
    const { inputs, targets, weights } = sequenceBatch(
      known,
      [0, 1],
      { ...settings, reverse: 0, thin: 0 },
      new RandomStream('batch'),
    );
    expect(inputs.sequence.shape).toEqual([3, 4, 6]);
    // The third example fills the batch with the first one, at weight 0.
    // Each example has the score of the slices that it shows.
    expect(inputs.score.data[0]).toBeCloseTo(Math.log(0.55 / 0.45), 5);
    expect(inputs.networks.data.subarray(6, 12)).toEqual(known.rows.networks.subarray(6, 12));
    expect([...inputs.mask.data]).toEqual([1, 1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 0]);
    const size = 6 * 6;
    const sum = (from: number, to: number) =>
      [0, 1, 2].reduce(
        (total, n) =>
          total + weights.data.subarray(n * size + from, n * size + to).reduce((a, b) => a + b, 0),
        0,
      );
    expect(sum(0, 24)).toBeCloseTo(1, 6);
    expect(sum(24, 30)).toBeCloseTo(0.25, 6);
    expect(sum(30, 36)).toBeCloseTo(0.1, 6);
    expect(weights.data.subarray(2 * size).every((weight) => weight === 0)).toBe(true);
    // Study 0 has every label but epidural, study 1 none.
    expect([...targets.data.subarray(24, 36)]).toEqual([1, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1]);
    expect(targets.data.subarray(size + 24, size + 36).some((target) => target > 0)).toBe(false);
  });

  it('show every series once an epoch', () => {
    const batches = epochBatches(10, 4, new RandomStream('order'));
    expect(batches.map(({ length }) => length)).toEqual([4, 4, 2]);
    expect(batches.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('the sequence model', () => {
  it('answers for slices and for the series, whatever the number of slices', () => {
    const network = sequenceNetwork(settings, 6, null);
    const shapes = inferShapes(network, {
      sequence: [2, 7, 6],
      place: [2, 7, 4],
      mask: [2, 7],
      networks: [2, 7, 6],
      score: [2, 6],
    });
    const shapeOf = (output: string) => shapes.get(network.outputs[output]!);
    expect([shapeOf('slices'), shapeOf('study'), shapeOf('logits')]).toEqual([
      [2, 7, 6],
      [2, 6],
      [2, 7 * 6 + 12],
    ]);
  });

  it('is read from both ends, and the mean is what counts', async () => {
    // A stand-in that answers with its first input plus the number of the step: 0, 1, 2 forwards and backwards.
    const seen: number[][] = [];
    const answer = await predictSeries(
      async ({ sequence, place }) => {
        const [, length = 0] = sequence!.shape;
        seen.push([...place!.data.subarray(0, 4), ...place!.data.subarray(length * 4, length * 4 + 4)]);
        const slicesData = Float32Array.from({ length: 2 * length * 6 }, (_, i) => {
          const step = Math.floor(i / 6);
          return sequence!.data[step * 6]! + (step % length);
        });
        return Promise.resolve({
          slices: { shape: [2, length, 6], data: slicesData },
          study: { shape: [2, 6], data: Float32Array.from({ length: 12 }, (_, i) => (i < 6 ? 2 : 4)) },
        });
      },
      rowsOf(),
      slices.starts,
    );
    // Step t forwards and 2 - t backwards: the mean of both is 1 for three slices, 0 for one.
    const logits = [0, Math.log(0.25), Math.log(9), -11.512915];
    expect(answer.slices[0]![0]).toBeCloseTo(logits[0]! + 1, 5);
    expect(answer.slices[0]![2]).toBeCloseTo(logits[2]! + 1, 5);
    expect(answer.slices[0]![3]).toBeCloseTo(logits[3]!, 4);
    expect([...answer.study[0]!]).toEqual([3, 3]);
    // From the other end the last slice is the first, and what was before it comes after it.
    expect(seen[0]!.slice(0, 3)).toEqual([0, 0, 1]);
    expect(seen[0]!.slice(4, 7)).toEqual([0, 0, 2]);
  });

  it('rises to its rate and falls', () => {
    const rates = Array.from({ length: 100 }, (_, step) => rateOf(step, 100, 1));
    expect(rates.slice(0, 5)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
    expect(rates[5]).toBe(1);
    expect(rates.at(-1)).toBeCloseTo(0.01, 2);
  });

  it('is mixed per label by its gain, and has the share 0 where there are too few patients to decide', () => {
    const rows = 40;
    const target = Float32Array.from({ length: rows }, (_, i) => i % 2);
    const answers = (right: number) => target.map((value) => (value === 1 ? right : -right));
    const choose = (
      networks: Float32Array,
      sequence: Float32Array,
      truth = target,
      patientOf = (i: number) => i,
    ) =>
      chooseShares({
        networks: [networks],
        sequence: [sequence],
        targets: [truth],
        patients: Array.from({ length: rows }, (_, i) => patientOf(i)),
      });
    expect(choose(answers(2), answers(-2))).toEqual([0]);
    expect(choose(answers(-2), answers(2))).toEqual([1]);
    // A label that is never positive decides nothing.
    expect(choose(answers(-2), answers(2), new Float32Array(rows))).toEqual([0]);
    // Better for one patient in eight: eight patients who agree would tell, one cannot.
    const lucky = answers(1).map((logit, i) => (i < 5 ? 2 * logit : 0.9 * logit));
    expect(choose(answers(1), lucky, target, (i) => Math.floor(i / 5))).toEqual([0]);
  });

  it('has fewer units where there are few series', () => {
    const few = sizeFor(settings, 100);
    const many = sizeFor(settings, 20_000);
    expect(many).toMatchObject({ width: 256, hidden: 128, attention: 64, components: 64 });
    expect(few.width).toBeLessThan(many.width);
    expect(few.hidden).toBeLessThan(many.hidden);
  });
});

describe('feature vectors', () => {
  /** Rows of three numbers, whose variance is 9 along (1, 2, 2) / 3, 1 along (2, -2, 1) / 3 and 0.01 along (2, 1, -2) / 3. */
  const vectors = (seed: number) => {
    const random = new RandomStream('vectors', seed);
    const rows = 2000;
    const values = new Float32Array(3 * rows);
    for (let row = 0; row < rows; row++) {
      const [a, b, c] = [3 * random.normal(), random.normal(), 0.1 * random.normal()];
      values.set([(a + 2 * b + 2 * c) / 3, (2 * a - 2 * b + c) / 3, (2 * a + b - 2 * c) / 3], 3 * row);
    }
    return { rows, columns: 3, values };
  };

  it('are read along the directions of the largest variance', () => {
    const projection = principalDirections(vectors(1), 2);
    const [first, second] = [projection.directions.subarray(0, 3), projection.directions.subarray(3)];
    // The mean variance of the two becomes 1: each is divided by sqrt((9 + 1) / 2).
    const length = 1 / Math.sqrt(5);
    expect(Math.hypot(...first)).toBeCloseTo(length, 1);
    expect(first.reduce((sum, value, i) => sum + value * second[i]!, 0)).toBeCloseTo(0, 5);
    // Nothing of them is along the third direction.
    for (const one of [first, second])
      expect(Math.abs(2 * one[0]! + one[1]! - 2 * one[2]!) / 3).toBeLessThan(0.01);
    const { values } = project(vectors(2), projection);
    const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
    // Two thousand squares of normal numbers: their mean is off by a tenth at most.
    expect(Math.abs(variance - 1)).toBeLessThan(0.15);
  });

  it('agree where one linear fit explains the logits of both, and not where the columns differ', () => {
    const read = (seed: number, turn: number) => {
      const made = vectors(seed);
      const logits = Float32Array.from({ length: made.rows }, (_, row) => 2 * made.values[3 * row]! - 1);
      // The same numbers, at other places.
      const values = made.values.map((_, i) => made.values[i - (i % 3) + ((i + turn) % 3)]!);
      return { vectors: { ...made, values }, logits };
    };
    expect(agreement(read(1, 0), read(2, 0))).toBeGreaterThan(0.99);
    expect(agreement(read(1, 0), read(2, 1))).toBeLessThan(0.7);
  });
});

describe('a fold of the sequence stage', () => {
  const small = {
    ...sequenceSettings,
    name: 'in-order',
    inputs: ['m0', 'm1'],
    width: 8,
    hidden: 4,
    layers: 1,
    attention: 4,
    epochs: 2,
    batchSize: 8,
    slices: 8,
  };
  const stacker = makeStacker(small);

  it('learns which series are positive', async () => {
    const { root, paths, folds } = await makeTinyRoot({ models: stacker.inputs, studies: 60 });
    const learning = makeStacker({ ...small, name: 'learning', epochs: 40, learningRate: 1e-2 });
    await trainStackerFold({ stacker: learning, fold: 2, folds, root, ...cpu });
    const { columns } = await readTable(
      paths.studyPredictions('learning', 2, 'valid'),
      studyPredictionsTable,
    );
    await rm(root, { recursive: true });
    // Half of the 20 series are positive. Single slices overlap by a fifth; three neighbours of two models hardly do.
    expect(rocAuc(columns.target_any, columns.output_any)).toBeGreaterThan(0.95);
  });

  it('learns nothing from the labels of its own fold', async () => {
    const read = async (flippedFold?: number) => {
      const { root, paths, folds } = await makeTinyRoot({
        models: stacker.inputs,
        studies: 60,
        ...(flippedFold === undefined ? {} : { flippedFold }),
      });
      await trainStackerFold({
        stacker: makeStacker({ ...small, epochs: 20, learningRate: 1e-2 }),
        fold: 2,
        folds,
        root,
        ...cpu,
      });
      const { columns } = await readTable(
        paths.studyPredictions('in-order', 2, 'valid'),
        studyPredictionsTable,
      );
      await rm(root, { recursive: true });
      return columns;
    };
    const [plain, own, other] = [await read(), await read(2), await read(1)];
    // Labels of fold 2 turned around: the truth is another one, the answers are the same bits.
    expect(own.target_any).not.toEqual(plain.target_any);
    expect(own.output_any).toEqual(plain.output_any);
    // Those of fold 1 are learned from.
    expect(other.output_any).not.toEqual(plain.output_any);
  });
});
