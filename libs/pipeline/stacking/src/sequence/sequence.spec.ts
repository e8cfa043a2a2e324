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
import { chooseShares } from './blend.js';
import { drawRows, epochBatches, sequenceBatch, type KnownSeries } from './examples.js';
import { sequenceNetwork } from './network.js';
import { predictSeries } from './predict.js';
import { placesOf, sequenceRows } from './series.js';
import { sequenceSettingsSchema } from './settings.js';
import { rateOf } from './train-sequence.js';

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

describe('what the sequence model reads', () => {
  it('is logits, then feature vectors', () => {
    const embedding = { size: 2, values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    const { columns, values } = sequenceRows(slices, predictions, [embedding]);
    expect(columns).toBe(8);
    // log(0.2 / 0.8), then the vector of the second slice.
    expect(values[8]).toBeCloseTo(-1.386294, 5);
    expect([...values.subarray(14, 16)]).toEqual([3, 4]);
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
    rows: sequenceRows(slices, predictions, []),
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
    const shapes = inferShapes(network, { sequence: [2, 7, 6], place: [2, 7, 4], mask: [2, 7] });
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
      sequenceRows(slices, predictions, []),
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

  it('is mixed per label by what it gives', () => {
    const truth = Float32Array.of(0, 1, 0, 1);
    const [good, bad] = [Float32Array.of(-2, 2, -2, 2), Float32Array.of(2, -2, 2, -2)];
    const never = new Float32Array(4);
    expect(chooseShares([good, bad, good], [bad, good, bad], [truth, truth, never])).toEqual([0, 1, 1]);
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
        ...(flippedFold === undefined ? {} : { flippedFold }),
      });
      await trainStackerFold({ stacker, fold: 2, folds, root, ...cpu });
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
