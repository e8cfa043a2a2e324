import { execFile } from 'node:child_process';
import { appendFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tinyModel, tinyNetwork } from '@ichor/base-model/testing';
import { RunRecord, Terminal } from '@ichor/cli';
import { FoldReport, hyperparametersOf } from '@ichor/experiment';
import { readCurves, type Curves } from '@ichor/experiment/testing';
import { createEngine } from '@ichor/runtime';
import { LABELS } from '@ichor/tables';
import { beforeAll, describe, expect, it } from 'vitest';
import { imageName } from '../data/images.js';
import { baseModelFiles } from '../files.js';
import { makeTinySet, type TinySet } from '../testing/tiny-set.js';
import { describeLosses } from '../train/losses.js';
import { trainFold } from '../train/train-fold.js';
import { MetricsLog } from './metrics-log.js';
import { TrainingBoard } from './training-board.js';
import { trainingEvents } from './training-events.js';

const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
const model = tinyModel({ name: 'watched', epochs: 3 });

let set: TinySet;
let shown = '';
beforeAll(async () => {
  set = await makeTinySet();
  // A run that dies in the second epoch, with its last record cut; the next one repeats the step that was not saved.
  await expect(train({ dieAt: 8 })).rejects.toThrow('died');
  const files = filesOf();
  const [first = ''] = await readdir(files.tensorboard);
  await appendFile(join(files.tensorboard, first), Buffer.from('5000000000', 'hex'));
  expect(await train()).toBe('complete');
  expect(await train()).toBe('nothing-to-do');
});

const filesOf = () => baseModelFiles(set.layout, model.name, 0);

/** @param dieAt step of the whole training, from 1; a checkpoint is saved after every step */
async function train({ dieAt }: { readonly dieAt?: number } = {}): Promise<string> {
  const files = filesOf();
  const losses = describeLosses(model);
  const board = new TrainingBoard({
    folder: files.tensorboard,
    group: model.name,
    settings: hyperparametersOf(model),
    losses,
    imageOf: (id) => join(set.layout.input.trainImages, imageName(id)),
  });
  const report = new FoldReport({
    name: 'watched fold 0',
    logFile: files.trainLog,
    record: new RunRecord({ command: 'test' }),
    manifest: files.trainManifest,
    terminal: new Terminal({ write: (text) => (shown += text) }),
  });
  const events = trainingEvents(report, {
    metrics: new MetricsLog(files.metrics),
    board,
    epochs: model.epochs,
    losses,
  });
  let step = 0;
  const { status, history } = await trainFold({
    model,
    fold: 0,
    engine,
    root: set.root,
    network: tinyNetwork(),
    workers: 0,
    checkpointMinutes: 0,
    events: {
      ...events,
      step: async (record) => {
        await events.step?.(record);
        if (++step === dieAt) throw new Error('died');
      },
    },
  });
  if (status === 'complete') board.ended(history.epochs.reduce((steps, epoch) => steps + epoch.steps, 0));
  return status;
}

/** The same numbers in the log of metrics, which is tested by itself. */
async function curvesOfMetrics(): Promise<Curves> {
  const lines = (await readFile(filesOf().metrics, 'utf8')).trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as Record<string, never>);
  const curve = (kind: string, step: (r: Record<string, number>) => number, value: (r: never) => number) =>
    records
      .filter((record) => record['kind'] === kind)
      .map((record) => `${step(record)} ${Math.fround(value(record as never)).toPrecision(5)}`);
  const steps = ({ epoch, step, steps: all }: Record<string, number>) => epoch! * all! + step! + 1;
  const ends = ({ epoch, steps: all }: Record<string, number>) => (epoch! + 1) * all!;
  return {
    'loss/step': curve('step', steps, ({ loss }) => loss),
    'optimizer/learning_rate': curve('step', steps, ({ learningRate }) => learningRate),
    'loss/training': curve('epoch', ends, ({ trainingLoss }) => trainingLoss),
    'loss/validation': curve('epoch', ends, ({ validationLoss }) => validationLoss),
    'auc/any': curve('epoch', ends, ({ scores }: { scores: { auc: number[] } }) => scores.auc[0]!),
    'log_loss/subdural': curve(
      'epoch',
      ends,
      ({ scores }: { scores: { logLoss: number[] } }) => scores.logLoss[LABELS.indexOf('subdural')]!,
    ),
  };
}

it('shows every step and epoch once, as the log of metrics has them, after a crash too', async () => {
  const curves = await readCurves(filesOf().tensorboard);
  const expected = await curvesOfMetrics();
  // 40 slices in batches of 8, three times.
  expect(expected['loss/step']).toHaveLength(15);
  expect(curves).toMatchObject(expected);
  expect(curves['worst_slices/picture']).toEqual(['5', '10', '15']);
  // Labels that are never there have no area.
  expect(Object.keys(curves)).not.toContain('auc/epidural');
  expect(await readdir(filesOf().tensorboard)).toHaveLength(2);
});

it('names no slice, study or patient', async () => {
  for (const name of await readdir(filesOf().tensorboard)) {
    const text = await readFile(join(filesOf().tensorboard, name), 'latin1');
    expect(text).not.toMatch(/ID_a|a-study|ichor-training/);
    expect(text).toContain('PNG');
  }
});

it('says what the two losses of an epoch are', () => {
  expect(shown).toMatch(
    /epoch 1\/3: training loss [\d.]+ \(weighted cross-entropy, augmented slices\), validation loss [\d.]+ \(weighted cross-entropy, one random pass, hard targets\)/,
  );
});

const asked = process.env['MODE'] === 'tensorboard';

describe.skipIf(!asked)('the tensorboard package (needs Python with it: npm run test:tensorboard)', () => {
  it('reads the same curves, pictures and settings', async () => {
    const script = fileURLToPath(new URL('../../../experiment/src/testing/read_events.py', import.meta.url));
    const { stdout } = await promisify(execFile)(process.env['PYTHON'] ?? 'python3', [
      script,
      filesOf().tensorboard,
    ]);
    const read = (JSON.parse(stdout) as Record<string, Record<string, never>>)['.'];
    const curves = Object.entries(read?.['curves'] ?? {}).map(([tag, values]) => [
      tag,
      (values as string[]).map((text) => {
        const [step = '', value] = text.split(' ');
        return value === undefined ? step : `${step} ${Number(value).toPrecision(5)}`;
      }),
    ]);
    expect(Object.fromEntries(curves)).toEqual(await readCurves(filesOf().tensorboard));
    // Four pictures of 24 pixels in a row, two rows, four pixels between.
    expect(read?.['pictures']).toEqual(Array(3).fill([116, 60, 116, 60]));
    expect(read?.['texts']).toEqual(
      expect.arrayContaining([
        expect.stringContaining('loss/validation: weighted cross-entropy, one random pass, hard targets'),
        expect.stringMatching(/^\| slice \| loss \| label \| is there \| probability \|\n/),
      ]),
    );
    expect(read?.['texts']).toHaveLength(4);
    expect(read?.['hyperparameters']).toMatchObject({
      batchSize: 8,
      epochs: 3,
      'schedule.learningRate': 3e-3,
    });
  });
});
