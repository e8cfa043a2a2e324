import { existsSync } from 'node:fs';
import { present } from '@ichor/files';
import type { StateDict } from '@ichor/nn';
import type { Engine } from '@ichor/runtime';
import { readSafetensors, writeSafetensors } from '@ichor/weights';
import type { FitContext, Fitted } from '../train/fit.js';
import { agreement } from './alike.js';
import { answerOf, sharesIn, sharesTensors } from './answer.js';
import { judge } from './judge.js';
import { principalDirections } from './principal.js';
import { predictSeries } from './predict.js';
import {
  readingOf,
  readingTensors,
  readScaled,
  scaleByFold,
  scaleColumns,
  scalerFor,
  splitColumns,
  unscaledColumns,
  type KnownSlices,
  type Reading,
} from './reading.js';
import { beside, type Columns } from './series.js';
import type { SequenceStacker } from '../config/schema.js';
import { sizeFor, sizeIn, sizeTensors } from './size.js';
import { sequenceNetwork } from './network.js';
import { trainSequence } from './train-sequence.js';

/** Feature vectors that explain less of a network's logits than this are not read. */
const ALIKE = 0.7;

/**
 * One sequence model per fold. How long it learns and how it mixes with the networks is chosen on training patients who are
 * held out; the labels of the fold itself choose nothing.
 */
export async function fitSequence(settings: SequenceStacker, context: FitContext): Promise<Fitted> {
  const { data, files, done } = context;
  const engine = await context.networkEngine();
  const { valid, test } = data;
  const validColumns = unscaledColumns(valid);
  const scaler = scalerFor(validColumns);
  scaleColumns(scaler, validColumns);
  const tensors =
    done['sequence'] !== undefined && existsSync(files.weights)
      ? (await readSafetensors(files.weights)).tensors
      : await train(settings, context, { engine, validColumns, scaler });
  const reading = readingOf(tensors);
  const predict = await openNetwork();
  try {
    const answers = [];
    for (const [part, columns] of [
      [valid, validColumns],
      [test, scaleColumns(reading.scaler, unscaledColumns(test))],
    ] as const) {
      const rows = readScaled(columns, part, reading);
      const { starts } = part.slices;
      const logits = await predictSeries((inputs) => predict.run(inputs), rows, starts);
      answers.push(answerOf(rows, starts, logits, sharesIn(tensors)));
    }
    const [ofValid, ofTest] = [present(answers[0]), present(answers[1])];
    return {
      valid: ofValid.slices,
      test: ofTest.slices,
      studies: { valid: ofValid.studies, test: ofTest.studies },
    };
  } finally {
    await predict.dispose();
  }

  function openNetwork() {
    const columns = present(tensors.get('project.weight')?.shape[1]);
    return engine.inference(sequenceNetwork(sizeIn(tensors), columns, null), tensors, {
      outputs: ['slices', 'study'],
    });
  }
}

interface Prepared {
  readonly engine: Engine;
  /** Of the validation slices, scaled by `scaler`. */
  readonly validColumns: Columns;
  readonly scaler: Reading['scaler'];
}

/** Trains the network of the fold on all its training patients, after a judgement on some of them, and writes it down. */
async function train(
  settings: SequenceStacker,
  context: FitContext,
  { engine, validColumns, scaler }: Prepared,
): Promise<StateDict> {
  const { data, files, events, signal } = context;
  const { train, valid } = data;
  const columns = scaleByFold(unscaledColumns(train), data.trainFolds);
  const alike = agreements(settings, { known: train, columns }, { known: valid, columns: validColumns });
  const used = alike.map((value) => value >= ALIKE);
  warnOfOthers(settings, alike, events);
  const size = sizeFor(settings, train.slices.starts.length - 1);
  const vectors = splitColumns(columns, train)
    .slice(1)
    .filter((_, i) => used[i]);
  const together = vectors.length === 0 ? undefined : beside(vectors);
  const projection =
    together === undefined || size.components >= together.columns
      ? undefined
      : principalDirections(together, size.components);
  const reading: Reading = { scaler, used, projection };
  const rows = readScaled(columns, train, reading);
  const { slices, targets } = train;
  const known = { rows, starts: slices.starts, targets, patients: slices.patients, folds: data.trainFolds };
  const common = { engine, settings: { ...settings, ...size }, events, signal };
  const judgement = await judge(common, known);
  const { epochs, shares } = judgement;
  const weights = await trainSequence({ ...common, known, epochs, label: 'sequence', part: 'sequence' });
  const tensors: StateDict = new Map([
    ...weights,
    ...readingTensors(reading),
    ...sharesTensors(shares),
    ...sizeTensors(size),
  ]);
  await writeSafetensors(files.weights, tensors);
  await context.finish('sequence', { ...judgement, ...size, alike });
  return tensors;
}

/** Tells which feature vectors are not read. */
function warnOfOthers(
  { embeddings }: SequenceStacker,
  alike: readonly number[],
  events: FitContext['events'],
): void {
  alike.forEach((explained, i) => {
    if (explained >= ALIKE) return;
    events.warning?.(
      `the feature vectors of ${embeddings[i]} are not read: they explain ${(100 * Math.max(0, explained)).toFixed(0)} % of the logits of the network of this fold, whose features are others`,
    );
  });
}

interface Scaled {
  readonly known: KnownSlices;
  readonly columns: Columns;
}

/** {@link agreement} of each network whose feature vectors are given. */
function agreements({ inputs, embeddings }: SequenceStacker, train: Scaled, valid: Scaled): number[] {
  const [parts, others] = [train, valid].map(({ columns, known }) => splitColumns(columns, known));
  return embeddings.map((model, i) => {
    const read = (of: readonly Columns[] | undefined) => {
      const logits = present(of?.[0]);
      // The first of this network's six logits, that of the label `any`.
      const at = inputs.indexOf(model) * (logits.columns / inputs.length);
      return {
        vectors: present(of?.[i + 1]),
        logits: Float32Array.from(
          { length: logits.rows },
          (_, row) => logits.values[row * logits.columns + at]!,
        ),
      };
    };
    return agreement(read(parts), read(others));
  });
}
