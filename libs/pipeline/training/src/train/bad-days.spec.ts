import type { BaseModel } from '@ichor/base-model';
import { tinyModel, tinyNetwork } from '@ichor/base-model/testing';
import { IchorError } from '@ichor/files';
import { createEngine } from '@ichor/runtime';
import { predictionsTable, readTable } from '@ichor/tables';
import { writeSafetensors } from '@ichor/weights';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { baseModelFiles } from '../files.js';
import { predictFold } from '../predict/predict-fold.js';
import { makeTinySet, type TinySet } from '../testing/tiny-set.js';
import type { TensorWriter } from './checkpoint.js';
import { trainFold, type TrainFoldOptions } from './train-fold.js';

const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
let set: TinySet;
beforeAll(async () => {
  set = await makeTinySet();
});

const common = (model: BaseModel) => ({
  model,
  fold: 0,
  engine,
  root: set.root,
  network: tinyNetwork(),
  workers: 0,
});
const train = (model: BaseModel, more: Partial<TrainFoldOptions> = {}) =>
  trainFold({ ...common(model), ...more });
const filesOf = (model: BaseModel) => baseModelFiles(set.layout, model.name, 0);

/** Stops after so many steps, as Ctrl-C does. */
async function trainSteps(model: BaseModel, steps: number) {
  const stop = new AbortController();
  let done = 0;
  return train(model, {
    signal: stop.signal,
    events: { step: () => void (++done === steps && stop.abort()) },
  });
}

async function errorOf(action: Promise<unknown>): Promise<IchorError> {
  const error: unknown = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof IchorError) return error;
  throw new Error('an IchorError was expected', { cause: error });
}

describe('a training that is stopped', () => {
  it('goes on to the same weights, whichever step it was stopped at', async () => {
    const straight = tinyModel({ name: 'straight', mixup: { probability: 0.5, alpha: 0.3 } });
    await train(straight);
    const expected = await readFile(filesOf(straight).snapshot(1));
    for (const steps of [1, 4, 5, 7]) {
      const model = { ...straight, name: `stopped-${steps}` };
      expect((await trainSteps(model, steps)).status).toBe('stopped');
      expect((await train(model)).status).toBe('complete');
      expect((await readFile(filesOf(model).snapshot(1))).equals(expected), `after ${steps} steps`).toBe(
        true,
      );
    }
  });

  it('refuses to go on under other settings and says which', async () => {
    const model = tinyModel({ name: 'other-settings' });
    await trainSteps(model, 3);
    const error = await errorOf(train({ ...model, seed: 21, batchSize: 4 }));
    expect(error.code).toBe('training/other-run');
    expect(error.message).toContain('batchSize: was 8, now 4; seed: was 20, now 21');
    expect((await train({ ...model, seed: 21 }, { fresh: true })).status).toBe('complete');
  });

  it('names a truncated checkpoint, and does not change it or the weights', async () => {
    const model = tinyModel({ name: 'cut' });
    await trainSteps(model, 6);
    const { checkpoint, snapshot } = filesOf(model);
    const { size } = await stat(checkpoint);
    await truncate(checkpoint, size - 100);
    const error = await errorOf(train(model));
    expect([error.code, error.file]).toEqual(['training/damaged-checkpoint', checkpoint]);
    expect((await stat(checkpoint)).size).toBe(size - 100);
    expect((await stat(snapshot(0))).size).toBeGreaterThan(0);
  });
});

describe('what a crash leaves', () => {
  it('is removed by the next run of the fold: half-written files, a checkpoint that is no longer needed', async () => {
    const model = tinyModel({ name: 'crashed' });
    await trainSteps(model, 3);
    const { folder, checkpoint } = filesOf(model);
    const halves = [
      'checkpoint.safetensors',
      'epoch0.safetensors',
      'valid.arrow',
      'test_features.arrow',
      'history.json',
    ];
    for (const name of halves) await writeFile(join(folder, `fold0_${name}.tmp-1-0a1b2c3d`), 'half');
    const others = ['fold1_checkpoint.safetensors.tmp-1-0a1b2c3d', 'fold10_valid.arrow.tmp-1-0a1b2c3d'];
    for (const name of others) await writeFile(join(folder, name), 'of a run that goes on');
    await train(model);
    const unfinished = async () => (await readdir(folder)).filter((name) => name.includes('.tmp-')).sort();
    expect(await unfinished()).toEqual([...others].sort());

    await writeFile(join(folder, 'fold0_valid.arrow.tmp-1-0a1b2c3d'), 'half');
    await predictFold(common(model));
    expect(await unfinished()).toEqual([...others].sort());

    await writeFile(checkpoint, 'killed between the last history and here');
    expect((await train(model)).status).toBe('nothing-to-do');
    expect(existsSync(checkpoint)).toBe(false);
  });
});

describe('a fresh start', () => {
  it('leaves nothing of a longer training', async () => {
    const model = tinyModel({ name: 'fresh', epochs: 3 });
    await train(model);
    await train({ ...model, epochs: 1 }, { fresh: true });
    const weights = (await readdir(filesOf(model).folder)).filter((name) => name.endsWith('.safetensors'));
    expect(weights).toEqual(['fold0_epoch0.safetensors']);
  });
});

describe('a disk that is full', () => {
  it('costs nothing that was complete; with space again the result is the same', async () => {
    const straight = tinyModel({ name: 'space' });
    await train(straight);
    const model = { ...straight, name: 'no-space' };
    let writes = 0;
    // The third checkpoint finds no space, as write(2) tells it.
    const full: TensorWriter = async (path, tensors, metadata) => {
      if (++writes === 3)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      await writeSafetensors(path, tensors, metadata);
    };
    const error = await errorOf(train(model, { writeTensors: full, checkpointMinutes: 0 }));
    expect(error.code).toBe('training/not-writable');
    expect(error.message).toMatch(/no space left.*free some space/);
    let resumedAt: number | undefined;
    await train(model, { events: { resumed: (_, step) => void (resumedAt = step) } });
    expect(resumedAt).toBe(2);
    const weights = await readFile(filesOf(model).snapshot(1));
    expect(weights.equals(await readFile(filesOf(straight).snapshot(1)))).toBe(true);
  });

  it('and a folder that cannot be written are named', async () => {
    const model = tinyModel({ name: 'a-file' });
    // A file where the folder should be: also root cannot write into that.
    await mkdir(join(set.root, 'intermediate_output'), { recursive: true });
    await writeFile(filesOf(model).folder, '');
    const error = await errorOf(train(model));
    expect(error.code).toBe('files/not-writable');
    expect(error.message).toContain(filesOf(model).folder);
  });
});

describe('slices that cannot be read', () => {
  it('are counted, named and left out, in training and in predictions', async () => {
    const broken = await makeTinySet();
    const image = (id: string) => join(broken.layout.input.trainImages, `${id}.dcm`);
    // Row 2 is in study 0, hence in fold 0; row 7 in study 1.
    const [inValidation = '', inTraining = ''] = [broken.trainIds[2], broken.trainIds[7]];
    await truncate(image(inValidation), 500);
    await writeFile(image(inTraining), 'no DICOM');
    const model = tinyModel({ name: 'unreadable', epochs: 1, batchSize: 10 });
    const told = new Map<string, string>();
    const events = {
      unreadable: ({ id, reason }: { id: string; reason: string }) => void told.set(id, reason),
    };
    const options = { ...common(model), root: broken.root };
    const { history } = await trainFold({ ...options, events });
    expect(history.epochs[0]?.unreadable).toEqual([inTraining, inValidation]);
    expect(told.get(inTraining)).toContain(image(inTraining));

    await predictFold({ ...options, sets: ['valid'], events });
    const { columns } = await readTable(
      broken.layout.predictions('unreadable', 0, 'valid'),
      predictionsTable,
    );
    // Ten slices of two studies, one of them missing, two passes each.
    expect(columns.ID).toHaveLength(18);
    expect(columns.ID).not.toContain(inValidation);
  });

  it('stop the run when it is all of them: then the disk is gone, not a slice', async () => {
    const gone = await makeTinySet();
    const model = tinyModel({ name: 'gone' });
    for (const id of gone.trainIds) await writeFile(join(gone.layout.input.trainImages, `${id}.dcm`), '');
    const error = await errorOf(trainFold({ ...common(model), root: gone.root }));
    expect(error.code).toBe('training/unreadable');
    expect(error.message).toMatch(/none of the 8 slices of a batch can be read/);
  });

  it('stop everything before it begins when the tables belong to other images', async () => {
    const other = await makeTinySet();
    await rm(join(other.layout.input.trainImages, `${other.trainIds[9] ?? ''}.dcm`));
    const error = await errorOf(trainFold({ ...common(tinyModel({ name: 'other' })), root: other.root }));
    expect(error.code).toBe('training/images-missing');
    expect(error.message).toContain(
      `1 of the 50 slices that the tables name have no image here, e.g. ${other.trainIds[9] ?? ''}`,
    );
  });
});

describe('a loss that is not finite', () => {
  it('is an error that names the slices of the batch; the checkpoint is from before', async () => {
    const schedule: BaseModel['schedule'] = {
      kind: 'multi-step',
      learningRate: 1e38,
      milestones: [],
      gamma: 1,
    };
    const model = tinyModel({ name: 'diverges', schedule });
    const error = await errorOf(train(model, { checkpointMinutes: 0 }));
    expect(error.code).toBe('training/not-finite');
    expect(error.message.match(/ID_a\d{4}/g)?.length).toBe(8);
    expect(error.message).toMatch(/epoch 0, step [12]/);
  });
});

describe('two runs on the same outputs', () => {
  it('cannot collide', async () => {
    const model = tinyModel({ name: 'twice' });
    const [first, second] = await Promise.allSettled([train(model), train(model)]);
    expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
    const rejected = first.status === 'rejected' ? first : second;
    expect(rejected.status === 'rejected' && (rejected.reason as IchorError).code).toBe('files/locked');
  });
});

describe('predictions', () => {
  it('ask for a finished training, or a snapshot by number', async () => {
    const model = tinyModel({ name: 'unfinished' });
    await trainSteps(model, 6);
    const error = await errorOf(predictFold(common(model)));
    expect(error.code).toBe('training/no-snapshot');
    expect(error.message).toContain('1 of 2 epochs of fold 0 are trained');
    const [valid] = await predictFold(common({ ...model, snapshot: 0 }));
    expect(valid?.status).toBe('complete');
  });

  it('are made once for the same weights, and again for others', async () => {
    const model = tinyModel({ name: 'again' });
    await train(model);
    const statuses = async (settings: Partial<BaseModel> = {}) =>
      (await predictFold(common({ ...model, ...settings }))).map(({ status }) => status);
    expect(await statuses()).toEqual(['complete', 'complete']);
    expect(await statuses()).toEqual(['nothing-to-do', 'nothing-to-do']);
    expect(await statuses({ snapshot: 0 })).toEqual(['complete', 'complete']);
  });
});
