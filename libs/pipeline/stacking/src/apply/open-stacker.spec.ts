import { rm } from 'node:fs/promises';
import { createEngine } from '@ichor/runtime';
import { readStudyAnswers } from '@ichor/predictions';
import { LABELS, predictionsTable, readTable } from '@ichor/tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeStacker } from '../config/define.js';
import { cnn2Settings, mlpSettings, sequenceSettings } from '../config/presets.js';
import { makeTinyRoot, type TinyRoot } from '../testing/tiny-root.js';
import { stackerFiles } from '../train/files.js';
import { readFoldData } from '../train/fold-data.js';
import { trainStackerFold } from '../train/train-stacker-fold.js';
import { openStacker, type StackerParts } from './open-stacker.js';
import { singleStudy } from './single-study.js';

const models = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6'];
const cpu = { threads: 1, provider: 'cpu' } as const;
let root: TinyRoot;
beforeAll(async () => {
  root = await makeTinyRoot({ models, studies: 12, features: 3 });
});
afterAll(() => rm(root.root, { recursive: true }));

const stackers = [
  makeStacker({ ...cnn2Settings, name: 'cnn', inputs: models, epochs: 1, batchSize: 16 }),
  makeStacker({
    ...mlpSettings,
    name: 'dense',
    inputs: models.slice(0, 2),
    hidden: [4],
    epochs: 1,
    batchSize: 16,
  }),
  makeStacker({
    ...sequenceSettings,
    name: 'ordered',
    inputs: models.slice(0, 2),
    embeddings: [models[1]!],
    width: 8,
    hidden: 4,
    layers: 1,
    attention: 4,
    epochs: 2,
    batchSize: 8,
    slices: 8,
  }),
];

describe.each(stackers)('openStacker: $kind', (stacker) => {
  it('gives the same predictions of the test set as the fit of the fold', async () => {
    await trainStackerFold({ stacker, fold: 0, folds: root.folds, root: root.root, ...cpu });
    const files = stackerFiles(root.paths, stacker.name, 0);
    const parts: StackerParts =
      stacker.kind === 'mlp'
        ? Object.fromEntries(LABELS.map((label) => [label, files.labelWeights(label)]))
        : { all: files.weights };
    const opened = await openStacker(stacker, parts, await createEngine('onnxruntime', cpu));
    const { test } = await readFoldData(root.paths, stacker, 0, root.folds);
    const columns = await opened.predict(test.slices, test.predictions, test.embeddings);
    const { columns: written } = await readTable(files.test, predictionsTable);
    const rowOf = new Map(written.ID.map((id, row) => [id, row]));
    test.slices.ids.forEach((id, row) => {
      LABELS.forEach((label, i) => {
        // The scaler is kept in float32: a rounding of 6e-8 that a few layers enlarge.
        expect(columns[i]![row]).toBeCloseTo(written[`output_${label}`][rowOf.get(id)!]!, 4);
      });
    });
    if (opened.answer) {
      const { studies } = await opened.answer(test.slices, test.predictions, test.embeddings);
      const answers = await readStudyAnswers(root.paths, stacker.name, [0], 'test');
      expect(answers.firstIds).toHaveLength(4);
      LABELS.forEach((_, label) => {
        answers.probabilities[label]!.forEach((p, k) => expect(studies[label]![k]).toBeCloseTo(p, 4));
      });
      await expect(opened.answer(test.slices, test.predictions)).rejects.toMatchObject({
        code: 'stacking/parts',
        reason: expect.stringContaining('fitted on 15 numbers per slice, but gets 12'),
      });
    }
    await opened.dispose();
  });

  it('names the part that is missing', async () => {
    const opening = openStacker(stacker, {}, await createEngine('onnxruntime', cpu));
    await expect(opening).rejects.toMatchObject({ code: 'stacking/parts' });
  });
});

it('fits a sequence model again when its answers for series are gone', async () => {
  const [, , ordered] = stackers;
  const options = { stacker: ordered!, fold: 0, folds: root.folds, root: root.root, ...cpu };
  expect(await trainStackerFold(options)).toMatchObject({ status: 'nothing-to-do' });
  await rm(root.paths.studyPredictions('ordered', 0, 'valid'));
  expect(await trainStackerFold(options)).toMatchObject({ status: 'complete' });
  expect(await trainStackerFold(options)).toMatchObject({ status: 'nothing-to-do' });
});

describe('singleStudy', () => {
  it('is one stack of one patient, ranked from the feet up', () => {
    const slices = singleStudy(['a', 'b', 'c', 'd']);
    expect([...slices.starts]).toEqual([0, 4]);
    expect([...slices.positionOrd]).toEqual([0.25, 0.5, 0.75, 1]);
    expect(slices.patientCount).toBe(1);
  });
});
