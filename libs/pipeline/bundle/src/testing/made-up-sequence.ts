import { copyFile, mkdir } from 'node:fs/promises';
import type { BaseModel } from '@ichor/base-model';
import { writeFoldRecord } from '@ichor/experiment';
import { present } from '@ichor/files';
import { makeStacker, sequenceSettings, stackerFiles, type SequenceStacker } from '@ichor/stacking';
import { untrainedSequence } from '@ichor/stacking/testing';
import {
  foldsTable,
  labelColumns,
  LABELS,
  readPreprocessed,
  studyPredictionsTable,
  writeTable,
  type Layout,
} from '@ichor/tables';
import { writeSafetensors } from '@ichor/weights';

/** A sequence model over one network; of its feature vectors too where these have a size. */
export function smallSequence(model: Pick<BaseModel, 'name'>, embedded = false): SequenceStacker {
  const stacker = makeStacker({
    ...sequenceSettings,
    name: 'small-sequence',
    inputs: [model.name],
    embeddings: embedded ? [model.name] : [],
    width: 8,
    hidden: 4,
    layers: 1,
    attention: 4,
  });
  if (stacker.kind !== 'sequence') throw new TypeError('made another stacker than a sequence model');
  return stacker;
}

/**
 * Fold 0 of a made-up sequence model, in addition to the files of `makeRoot`: random weights, the network's
 * predictions as its own of slices, and for series 0.7 where they are positive, 0.3 where not.
 *
 * @param features length of the network's feature vectors; 0 where it reads none
 */
export async function addSequence(paths: Layout, stacker: SequenceStacker, features = 0): Promise<void> {
  const { name, inputs } = stacker;
  const files = stackerFiles(paths, name, 0);
  await mkdir(files.folder, { recursive: true });
  await writeSafetensors(files.weights, untrainedSequence(stacker, LABELS.length + features));
  await copyFile(paths.predictions(present(inputs[0]), 0, 'valid'), files.valid);
  const { columns } = await readPreprocessed(paths, 'train_folds', foldsTable);
  const series = [...new Set(columns.StudyInstanceUID)].map((study) =>
    columns.ID.flatMap((_, row) => (columns.StudyInstanceUID[row] === study ? [row] : [])),
  );
  const truth = series.map((rows) => (rows.some((row) => columns.target_any[row]! >= 0.5) ? 1 : 0));
  await writeTable(
    files.validStudies,
    studyPredictionsTable,
    {
      firstID: series.map(([first]) => present(columns.ID[present(first)])),
      slices: Int32Array.from(series, (rows) => rows.length),
      ...labelColumns('target', () => Float32Array.from(truth)),
      ...labelColumns('output', () => Float32Array.from(truth, (one) => (one === 1 ? 0.7 : 0.3))),
    },
    { metadata: { 'ichor.identity': 'made up' } },
  );
  await writeFoldRecord(files.record, {
    kind: 'stacker',
    name,
    fold: 0,
    settings: stacker,
    parts: { all: files.weights },
    data: 'made up',
    predictions: 'made up',
  });
}
