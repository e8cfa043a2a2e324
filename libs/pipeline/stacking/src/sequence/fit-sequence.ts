import { existsSync } from 'node:fs';
import { present } from '@ichor/files';
import type { StateDict } from '@ichor/nn';
import { LABELS } from '@ichor/tables';
import { readSafetensors, writeSafetensors } from '@ichor/weights';
import { applyScaler, fitScaler, scalerTensors, type Scaler } from '../features/scaling.js';
import type { FitContext, Fitted } from '../train/fit.js';
import { selectAligned, type AlignedSlices } from '../train/fold-data.js';
import { answerOf, meanLogits, sharesIn, sharesTensor } from './answer.js';
import { chooseShares } from './blend.js';
import type { KnownSeries } from './examples.js';
import { sequenceNetwork } from './network.js';
import { predictSeries } from './predict.js';
import { matrixOf, sequenceRows, type SequenceRows } from './series.js';
import type { SequenceSettings } from './settings.js';
import { trainSequence } from './train-sequence.js';

/** Every fifth patient of the training folds chooses the shares of the blend. */
const HELD_OUT = 5;

/**
 * One sequence model per fold. How it mixes with the networks is chosen on a fifth of the training patients by a model that
 * learned from the others; the labels of the fold itself choose nothing.
 */
export async function fitSequence(settings: SequenceSettings, context: FitContext): Promise<Fitted> {
  const { data, files, done, events, signal } = context;
  const engine = await context.networkEngine();
  const common = { engine, settings, events, signal };
  const rows = [data.train, data.valid, data.test].map(rowsOf);
  const [trainRows, validRows, testRows] = [present(rows[0]), present(rows[1]), present(rows[2])];
  const scaler = scaleAll(trainRows, [validRows, testRows]);
  let tensors: StateDict;
  if (done['sequence'] !== undefined && existsSync(files.weights)) {
    ({ tensors } = await readSafetensors(files.weights));
  } else {
    const shares = await sharesOf(data.train, trainRows, common);
    const state = await trainSequence({
      ...common,
      known: knownOf(data.train, trainRows),
      label: 'sequence',
      part: 'sequence',
    });
    tensors = new Map([...state, ...scalerTensors(scaler), sharesTensor(shares)]);
    await writeSafetensors(files.weights, tensors);
    await context.finish('sequence', { shares, epochs: settings.epochs });
  }
  const network = sequenceNetwork(settings, trainRows.columns, null);
  const session = await engine.inference(network, tensors, { outputs: ['slices', 'study'] });
  try {
    const predict = async ({ slices, predictions }: AlignedSlices, of: SequenceRows) => {
      const logits = await predictSeries((inputs) => session.run(inputs), of, slices.starts);
      return answerOf(predictions, logits, sharesIn(tensors));
    };
    const [valid, test] = [await predict(data.valid, validRows), await predict(data.test, testRows)];
    return {
      valid: valid.slices,
      test: test.slices,
      studies: { valid: valid.studies, test: test.studies },
    };
  } finally {
    await session.dispose();
  }
}

function rowsOf({ slices, predictions, embeddings }: AlignedSlices): SequenceRows {
  return sequenceRows(slices, predictions, embeddings);
}

/** Fits the scaler on the first and scales all. */
function scaleAll(train: SequenceRows, others: readonly SequenceRows[]): Scaler {
  const scaler = fitScaler(matrixOf(train), 'standard');
  for (const rows of [train, ...others]) applyScaler(scaler, matrixOf(rows));
  return scaler;
}

function knownOf({ slices, targets }: AlignedSlices, rows: SequenceRows): KnownSeries {
  return { rows, starts: slices.starts, targets };
}

async function sharesOf(
  train: AlignedSlices,
  rows: SequenceRows,
  common: Omit<Parameters<typeof trainSequence>[0], 'known' | 'label' | 'part'>,
): Promise<number[]> {
  const patients = [...new Set(train.slices.patients)].sort((a, b) => a - b);
  const heldOut = new Set(patients.filter((_, index) => index % HELD_OUT === HELD_OUT - 1));
  // Too few patients to choose by: the sequence model alone.
  if (heldOut.size === 0) return LABELS.map(() => 1);
  const isHeldOut = (row: number) => heldOut.has(train.slices.patients[row]!);
  const learn = selectAligned(train, (row) => !isHeldOut(row));
  const judge = selectAligned(train, isHeldOut);
  const state = await trainSequence({
    ...common,
    known: knownOf(
      learn,
      selectRows(rows, train, (row) => !isHeldOut(row)),
    ),
    label: 'to choose the blend',
    part: 'blend',
  });
  const network = sequenceNetwork(common.settings, rows.columns, null);
  const session = await common.engine.inference(network, state, { outputs: ['slices', 'study'] });
  try {
    const judged = selectRows(rows, train, isHeldOut);
    const { slices } = await predictSeries((inputs) => session.run(inputs), judged, judge.slices.starts);
    return chooseShares(meanLogits(judge.predictions.columns), slices, judge.targets);
  } finally {
    await session.dispose();
  }
}

function selectRows(
  { columns, values, places }: SequenceRows,
  { slices }: AlignedSlices,
  keep: (row: number) => boolean,
): SequenceRows {
  const kept = Array.from({ length: slices.rows }, (_, row) => row).filter(keep);
  const width = places.length / slices.rows;
  const pick = (all: Float32Array, size: number) => {
    const picked = new Float32Array(kept.length * size);
    kept.forEach((row, i) => picked.set(all.subarray(row * size, (row + 1) * size), i * size));
    return picked;
  };
  return { rows: kept.length, columns, values: pick(values, columns), places: pick(places, width) };
}
