import type { BundledStacker, BundleManifest } from '@ichor/bundle';
import { makeStacker, mlpSettings, sequenceSettings, type OpenStacker } from '@ichor/stacking';
import { LABELS } from '@ichor/tables';
import { expect, it } from 'vitest';
import { labelColumns, meanOfNetworks, stackStudy, type FoldPredictions } from './ensemble.js';

const ids = ['a', 'b'];
const study = { ids, positions: Float64Array.of(0, 5), embeddings: new Map() };
/** The same probability for every label of two slices. */
const flat = (probability: number) =>
  labelColumns(new Float32Array(ids.length * LABELS.length).fill(probability));

/** Networks m0 and m1 in folds 0 and 1. */
const networks: FoldPredictions = new Map([
  [0, new Map([['m0', flat(0.1)], ['m1', flat(0.2)]])], // prettier-ignore
  [1, new Map([['m0', flat(0.5)], ['m1', flat(0.6)]])], // prettier-ignore
]);

const stacker = (name: string, fold: number, inputs: readonly string[]): BundledStacker => ({
  name,
  fold,
  settings: makeStacker({ ...mlpSettings, name, inputs: [...inputs] }),
  parts: {},
  outOfFold: { slices: 0, weightedLogLoss: 0, logLoss: LABELS.map(() => 0), auc: LABELS.map(() => null) },
});

it('averages networks over models and folds', () => {
  // (0.1 + 0.2 + 0.5 + 0.6) / 4; float32 has seven digits.
  for (const column of meanOfNetworks(networks))
    for (const value of column) expect(value).toBeCloseTo(0.35, 6);
});

it('gives each stacker the predictions of its fold, first level before second, and averages the last over the folds', async () => {
  const levels = [0, 1].flatMap((fold) => [
    stacker('first', fold, ['m0', 'm1']),
    stacker('second', fold, ['first', 'm0']),
  ]);
  const ensemble: BundleManifest['ensemble'] = {
    kind: 'stacking',
    final: 'second',
    outOfFold: levels[0]!.outOfFold,
  };
  const seen: string[] = [];
  // Each takes twice its first input minus its second one.
  const pool = {
    use: ({ name, fold, settings }: BundledStacker): Promise<OpenStacker> =>
      Promise.resolve({
        stacker: settings,
        predict: (slices, { models, columns }) => {
          seen.push(`${name} ${fold}: ${models.join()} of ${slices.ids.join()}`);
          const [first, second] = columns;
          return Promise.resolve(
            first!.map((column, label) => column.map((p, row) => 2 * p - second![label]![row]!)),
          );
        },
        dispose: () => Promise.resolve(),
      }),
  };
  const { slices: answer, study: none } = await stackStudy(
    { stackers: levels, ensemble },
    networks,
    study,
    pool,
  );
  expect(none).toBeUndefined();
  expect(seen).toEqual(
    [0, 1].flatMap((fold) => [`first ${fold}: m0,m1 of a,b`, `second ${fold}: first,m0 of a,b`]),
  );
  // Fold 0: first 0.2 - 0.2 = 0, second 0 - 0.1 = -0.1; fold 1: first 1 - 0.6 = 0.4, second 0.8 - 0.5 = 0.3; mean 0.1.
  for (const column of answer) for (const value of column) expect(value).toBeCloseTo(0.1, 6);
});

it('lets a sequence model answer for the study, with positions and the vectors of its fold', async () => {
  const stackers = [0, 1].map((fold): BundledStacker => ({
    ...stacker('ordered', fold, ['m0', 'm1']),
    settings: makeStacker({ ...sequenceSettings, name: 'ordered', inputs: ['m0', 'm1'], embeddings: ['m1'] }),
  }));
  const { outOfFold } = stackers[0]!;
  const vectors = (value: number) => ({ size: 1, values: Float32Array.of(value, value) });
  const embeddings = new Map([0, 1].map((fold) => [fold, new Map([['m1', vectors(10 + fold)]])]));
  const seen: unknown[] = [];
  const pool = {
    use: ({ fold, settings }: BundledStacker): Promise<OpenStacker> =>
      Promise.resolve({
        stacker: settings,
        predict: () => Promise.reject(new Error('slices alone')),
        answer: (slices, _, given) => {
          seen.push([...slices.positions], given);
          return Promise.resolve({
            slices: flat(0.2 + fold / 10),
            studies: LABELS.map((_label, label) => Float32Array.of(label / 10 + fold / 5)),
          });
        },
        dispose: () => Promise.resolve(),
      }),
  };
  const ensemble = { kind: 'stacking', final: 'ordered', outOfFold } as const;
  const answer = await stackStudy({ stackers, ensemble }, networks, { ...study, embeddings }, pool);
  expect(seen).toEqual([[0, 5], [vectors(10)], [0, 5], [vectors(11)]]);
  // Slices (0.2 + 0.3) / 2; label 1 of the study (0.1 + 0.3) / 2.
  expect(answer.slices[3]![1]).toBeCloseTo(0.25, 6);
  expect(answer.study).toHaveLength(6);
  expect(answer.study![1]).toBeCloseTo(0.2, 6);
});

it('refuses a study answer that is not a number', async () => {
  const ordered = {
    ...stacker('ordered', 0, ['m0']),
    settings: makeStacker({ ...sequenceSettings, name: 'ordered', inputs: ['m0'] }),
  };
  const pool = {
    use: ({ settings }: BundledStacker): Promise<OpenStacker> =>
      Promise.resolve({
        stacker: settings,
        predict: () => Promise.resolve(flat(0.2)),
        answer: () => Promise.resolve({ slices: flat(0.2), studies: LABELS.map(() => Float32Array.of(NaN)) }),
        dispose: () => Promise.resolve(),
      }),
  };
  const ensemble = { kind: 'stacking', final: 'ordered', outOfFold: ordered.outOfFold } as const;
  const answer = stackStudy({ stackers: [ordered], ensemble }, networks, study, pool);
  await expect(answer).rejects.toMatchObject({ code: 'predict/not-a-number' });
});
