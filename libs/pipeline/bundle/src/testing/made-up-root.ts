import { type BaseModel, defineBaseModel, modelNetwork, singleSliceFamily } from '@ichor/base-model';
import { mkdir } from 'node:fs/promises';
import { writeFoldRecord } from '@ichor/experiment';
import { initialize, type StateDict } from '@ichor/nn';
import {
  foldsTable,
  labelColumns,
  LABELS,
  layout,
  type Label,
  predictionsTable,
  writeTable,
  type Layout,
} from '@ichor/tables';
import { baseModelFiles } from '@ichor/training';
import { writeSafetensors } from '@ichor/weights';

/** A network small enough for tests: EfficientNet-B0 on 32 x 32 pixels. */
export const smallModel: BaseModel = defineBaseModel({
  ...singleSliceFamily,
  name: 'small-model',
  backbone: 'efficientnet-b0',
  imageSize: 32,
  testTime: { kind: 'random', passes: 2 },
  configurations: {},
}).model;

/** Studies and slices of the made-up training set. */
export const madeUpStudies = 8;
const slicesPerStudy = 4;

/**
 * Made-up outputs of a training: eight studies of four slices, the odd ones positive for all labels on
 * their two middle slices, and one fold of a model with random weights that predicts 0.8 and 0.1.
 *
 * @param absent labels that no slice has
 */
export async function makeRoot(
  root: string,
  model: BaseModel = smallModel,
  absent: readonly Label[] = [],
): Promise<Layout> {
  const paths = layout(root);
  const ids = Array.from(
    { length: madeUpStudies * slicesPerStudy },
    (_, i) => `ID_${String(i).padStart(9, '0')}`,
  );
  const study = (row: number) => Math.floor(row / slicesPerStudy);
  const positive = (row: number) => study(row) % 2 === 1 && [1, 2].includes(row % slicesPerStudy);
  const each = (value: (row: number) => number) => Float32Array.from(ids, (_, row) => value(row));
  const wide = (value: (row: number) => number) => Float64Array.from(ids, (_, row) => value(row));
  const there = LABELS.filter((label) => !absent.includes(label));
  const target = (label: Label) => each((row) => (positive(row) && there.includes(label) ? 1 : 0));

  await writeTable(paths.preprocessed('train_folds'), foldsTable, {
    ID: ids,
    labels: ids.map((_, row) => (positive(row) ? there.join(' ') : '')),
    PatientID: ids.map((_, row) => `patient ${study(row)}`),
    StudyInstanceUID: ids.map((_, row) => `study ${study(row)}`),
    SeriesInstanceUID: ids.map((_, row) => `series ${study(row)}`),
    WindowCenter: wide(() => 40),
    WindowWidth: wide(() => 80),
    RescaleIntercept: wide(() => 0),
    RescaleSlope: wide(() => 1),
    Position3: wide((row) => 5 * (row % slicesPerStudy)),
    PositionOrd: wide((row) => ((row % slicesPerStudy) + 1) / slicesPerStudy),
    LeftLabel: ids.map(() => ''),
    RightLabel: ids.map(() => ''),
    fold: new Int8Array(ids.length),
    ...labelColumns('target', target),
  });

  await writeTable(
    paths.predictions(model.name, 0, 'valid'),
    predictionsTable,
    {
      ID: ids,
      pass: new Int8Array(ids.length),
      ...labelColumns('target', target),
      ...labelColumns('output', () => each((row) => (positive(row) ? 0.8 : 0.1))),
    },
    { metadata: { 'ichor.epoch': '0', 'ichor.origin': 'made up' } },
  );
  const files = baseModelFiles(paths, model.name, 0);
  await mkdir(files.folder, { recursive: true });
  await writeSafetensors(files.snapshot(0), withLargerKernels(initialize(modelNetwork(model), 1)));
  await writeFoldRecord(files.record, {
    kind: 'base-model',
    name: model.name,
    fold: 0,
    settings: model,
    parts: { weights: files.snapshot(0) },
    epoch: 0,
    data: 'made up',
    predictions: 'made up',
  });
  return paths;
}

/**
 * PyTorch's initialization shrinks a signal in every layer unless batch norm scales it up again, which it does not with
 * untrained statistics: with larger kernels the output depends on the picture.
 */
function withLargerKernels(state: StateDict): StateDict {
  return new Map(
    [...state].map(([name, { shape, data }]) => {
      const gain = shape.length === 4 ? 2.5 : 1;
      return [name, { shape, data: data.map((value) => value * gain) }];
    }),
  );
}
