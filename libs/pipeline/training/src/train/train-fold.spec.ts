import type { BaseModel } from '@ichor/base-model';
import { tinyModel, tinyNetwork } from '@ichor/base-model/testing';
import { createEngine } from '@ichor/runtime';
import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { NetworkBuilder, type Network } from '@ichor/nn';
import { readSafetensors } from '@ichor/weights';
import { baseModelFiles } from '../files.js';
import { predictFold } from '../predict/predict-fold.js';
import { makeTinySet, type TinySet } from '../testing/tiny-set.js';
import { readCheckpoint } from './checkpoint.js';
import { trainFold, type TrainFoldOptions } from './train-fold.js';

const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });

describe('trainFold', () => {
  let set: TinySet;
  beforeAll(async () => {
    set = await makeTinySet();
  });

  const options = (more: Partial<TrainFoldOptions> = {}): TrainFoldOptions => ({
    model: tinyModel(),
    fold: 0,
    engine,
    root: set.root,
    network: tinyNetwork(),
    workers: 0,
    ...more,
  });

  it('learns', async () => {
    const model = tinyModel({ name: 'learns', epochs: 20 });
    const { status, history } = await trainFold(options({ model }));
    expect(status).toBe('complete');
    expect(history.epochs).toHaveLength(20);
    const losses = history.epochs.map(({ validationLoss }) => validationLoss);
    // The constant prediction of the training frequencies: 14 of 40 have any (weight 2) and subdural (weight 1), of the
    // validated slices 3 of 10: (2 + 1) / 6 (-0.3 ln 0.35 - 0.7 ln 0.65) = 0.308.
    expect(losses.at(-1)).toBeLessThan(0.6 * 0.308);
    const again = await trainFold(options({ model }));
    expect(again.status).toBe('nothing-to-do');

    const [valid, test] = await predictFold({ ...options({ model }) });
    expect(valid?.status).toBe('complete');
    expect(valid?.scores?.auc[0]).toBeGreaterThan(0.9);
    expect(test?.status).toBe('complete');
  });

  it('takes a trained network as it is with 0 epochs, and refuses one that is not trained', async () => {
    const trained = tinyModel({ name: 'trained-elsewhere' });
    await trainFold(options({ model: trained }));
    const pretrained = baseModelFiles(set.layout, trained.name, 0).snapshot(trained.epochs - 1);

    const model = tinyModel({ name: 'as-it-is', epochs: 0, pretrained });
    const { status, history } = await trainFold(options({ model, fold: 1 }));
    expect([status, history.epochs]).toEqual(['complete', []]);
    expect((await trainFold(options({ model, fold: 1 }))).status).toBe('nothing-to-do');
    const kept = await readSafetensors(baseModelFiles(set.layout, model.name, 1).snapshot(0));
    expect(kept.tensors).toEqual((await readSafetensors(pretrained)).tensors);
    const [valid] = await predictFold({ ...options({ model, fold: 1 }), sets: ['valid'] });
    expect(valid).toMatchObject({ status: 'complete', epoch: 0 });

    const random = tinyModel({ name: 'random', epochs: 0, pretrained: 'none' });
    await expect(trainFold(options({ model: random }))).rejects.toMatchObject({
      code: 'training/not-trained',
    });
  });

  it('keeps only weights behind the last step and validates them when it goes on', async () => {
    const undisturbed = tinyModel({ name: 'undisturbed' });
    const expected = await trainFold(options({ model: undisturbed }));

    const model = tinyModel({ name: 'stopped-at-the-end' });
    const stop = new AbortController();
    const phase = (kind: string, epoch: number) => {
      if (kind === 'validate' && epoch === model.epochs - 1) stop.abort();
    };
    const stopped = await trainFold(options({ model, signal: stop.signal, events: { phase } }));
    expect(stopped.status).toBe('stopped');
    const files = baseModelFiles(set.layout, model.name, 0);
    const kept = await readCheckpoint(files.checkpoint);
    expect(kept?.position.epoch).toBe(model.epochs - 1);
    expect(kept?.state.optimizer.size).toBe(0);

    const { status, history } = await trainFold(options({ model }));
    expect(status).toBe('complete');
    const scores = ({ epochs }: typeof history) =>
      epochs.map(({ trainingLoss, validationLoss }) => [trainingLoss, validationLoss]);
    expect(scores(history)).toEqual(scores(expected.history));
    const last = (name: string) => readFile(baseModelFiles(set.layout, name, 0).snapshot(model.epochs - 1));
    expect((await last(model.name)).equals(await last(undisturbed.name))).toBe(true);
  });

  it('measures statistics of batch norms anew, validates some slices, and is the same when it was stopped', async () => {
    const settings = {
      batchNormStatistics: 'measured',
      initialization: 'he-identity',
      validationSlices: 4,
    } as const;
    const undisturbed = tinyModel({ name: 'measured', ...settings });
    const network = maskedNetwork();
    const validated: number[] = [];
    const count = (kind: string, _: number, slices: number) => {
      if (kind === 'validate') validated.push(slices);
    };
    const expected = await trainFold(options({ model: undisturbed, network, events: { phase: count } }));
    expect(validated).toEqual([4, 4]);
    const running = tinyModel({ ...undisturbed, name: 'running', batchNormStatistics: 'running' });
    await trainFold(options({ model: running, network }));
    const last = (name: string) =>
      readFile(baseModelFiles(set.layout, name, 0).snapshot(undisturbed.epochs - 1));
    expect((await last(running.name)).equals(await last(undisturbed.name))).toBe(false);

    const model = tinyModel({ ...undisturbed, name: 'measured-stopped' });
    // After the last step of each epoch, also of the last one: what is measured anew needs the masks of these steps.
    for (const stopped of [0, 1]) {
      const stop = new AbortController();
      const phase = (kind: string, epoch: number) => {
        if (kind === 'validate' && epoch === stopped) stop.abort();
      };
      expect(
        await trainFold(options({ model, network, signal: stop.signal, events: { phase } })),
      ).toMatchObject({
        status: 'stopped',
      });
    }
    const { history } = await trainFold(options({ model, network }));
    const losses = ({ epochs }: typeof history) => epochs.map(({ validationLoss }) => validationLoss);
    expect(losses(history)).toEqual(losses(expected.history));
    expect((await last(model.name)).equals(await last(undisturbed.name))).toBe(true);
  });

  it('predicts with the average of the weights, and goes on with it as if it had never stopped', async () => {
    const plain = tinyModel({ name: 'not-averaged', epochs: 3 });
    const expected = await trainFold(options({ model: plain }));
    const whole = tinyModel({ ...plain, name: 'averaged', weightAveraging: 0.5 });
    const averaged = await trainFold(options({ model: whole }));
    // The steps are the same, what is validated is not.
    const losses = ({ epochs }: typeof averaged.history, key: 'trainingLoss' | 'validationLoss') =>
      epochs.map((epoch) => epoch[key]);
    expect(losses(averaged.history, 'trainingLoss')).toEqual(losses(expected.history, 'trainingLoss'));
    expect(losses(averaged.history, 'validationLoss')).not.toEqual(
      losses(expected.history, 'validationLoss'),
    );
    const weights = async (name: string) =>
      (await readSafetensors(baseModelFiles(set.layout, name, 0).snapshot(2))).tensors;

    const model = tinyModel({ ...whole, name: 'averaged-stopped' });
    for (const at of [4, 3]) {
      // Stopped in the middle of an epoch, then while one is validated.
      const stop = new AbortController();
      let steps = 0;
      const events =
        at === 4
          ? { step: () => void (++steps === at && stop.abort()) }
          : {
              phase: (kind: string, epoch: number) =>
                void (kind === 'validate' && epoch === 2 && stop.abort()),
            };
      const { status } = await trainFold(options({ model, signal: stop.signal, events }));
      expect(status).toBe('stopped');
    }
    const { history } = await trainFold(options({ model }));
    expect(losses(history, 'validationLoss')).toEqual(losses(averaged.history, 'validationLoss'));
    expect(await weights(model.name)).toEqual(await weights(whole.name));
    // With a share of next to nothing the average is the weights.
    const fleeting = tinyModel({ ...plain, name: 'fleeting', weightAveraging: 1e-12 });
    await trainFold(options({ model: fleeting }));
    const last = await weights(plain.name);
    for (const [name, { data }] of await weights(fleeting.name)) {
      data.forEach((value, i) => expect(value).toBeCloseTo(last.get(name)!.data[i]!, 6));
    }
  });

  it('stops early, keeps the best weights only, and is the same when it was stopped', async () => {
    // A rate at which the loss on three slices of the validation fold goes up after a few epochs.
    const settings: Partial<BaseModel> = {
      epochs: 30,
      patience: 2,
      keepSnapshots: 1,
      batchNormStatistics: 'measured',
      validationSlices: 3,
      schedule: { kind: 'multi-step', learningRate: 0.1, milestones: [], gamma: 1 },
    };
    const straight = tinyModel({ name: 'early', ...settings });
    const { status, history } = await trainFold(options({ model: straight }));
    expect(status).toBe('complete');
    const losses = history.epochs.map(({ validationLoss }) => validationLoss);
    const best = losses.indexOf(Math.min(...losses));
    expect(losses).toHaveLength(best + 3);
    expect(losses.length).toBeLessThan(30);
    const snapshots = async (name: string) =>
      (await readdir(set.layout.model(name))).filter((file) => file.endsWith('.safetensors'));
    expect(await snapshots('early')).toEqual([`fold0_epoch${best}.safetensors`]);
    expect((await trainFold(options({ model: straight }))).status).toBe('nothing-to-do');

    const model = tinyModel({ name: 'early-stopped', ...settings });
    const stop = new AbortController();
    const step = ({ epoch, step: at }: { epoch: number; step: number }) => {
      if (epoch === 1 && at === 2) stop.abort();
    };
    expect((await trainFold(options({ model, signal: stop.signal, events: { step } }))).status).toBe(
      'stopped',
    );
    const resumed = await trainFold(options({ model }));
    expect(resumed.history.epochs.map(({ validationLoss }) => validationLoss)).toEqual(losses);
    const weights = (name: string) => readFile(baseModelFiles(set.layout, name, 0).snapshot(best));
    expect((await weights('early-stopped')).equals(await weights('early'))).toBe(true);

    const [valid] = await predictFold(options({ model: straight }));
    expect(valid?.epoch).toBe(best);
    const other = options({ model: { ...straight, snapshot: best + 1 } });
    await expect(predictFold(other)).rejects.toThrow('keepSnapshots keeps the weights of other epochs');
  });

  it('gives the same weights whatever the number of threads', async () => {
    const weights = async (workers: number): Promise<Buffer> => {
      const model = tinyModel({ name: `workers-${workers}` });
      await trainFold(options({ model, workers }));
      const text = await readFile(baseModelFiles(set.layout, model.name, 0).snapshot(1));
      return text;
    };
    const alone = await weights(0);
    expect((await weights(2)).equals(alone)).toBe(true);
  });

  it('gives the same weights and predictions whether slices are kept, and goes on with another choice', async () => {
    const results = async (name: string, cache: TrainFoldOptions['cache'], workers: number) => {
      const model = tinyModel({ name });
      const files = baseModelFiles(set.layout, model.name, 0);
      const given = options({ model, workers, ...(cache === undefined ? {} : { cache }) });
      await trainFold(given);
      // Passes of the same slices; the disk cache has those of the training set already.
      const predicted = await predictFold(given);
      expect((await trainFold(options({ model }))).status).toBe('nothing-to-do');
      return { weights: await readFile(files.snapshot(1)), scores: predicted.map(({ scores }) => scores) };
    };
    const without = await results('cache-off', undefined, 0);
    expect(await results('cache-memory', { kind: 'memory' }, 0)).toEqual(without);
    // Room for three of the slices in each thread.
    expect(await results('cache-small', { kind: 'memory', bytes: 2 * 4000 }, 2)).toEqual(without);
    expect(await results('cache-new', { kind: 'disk' }, 2)).toEqual(without);
    expect(await results('cache-filled', { kind: 'disk' }, 0)).toEqual(without);
    // Every slice of the training and the test set once, of studies of five.
    const kept = await readdir(set.layout.model('slice_cache'), { recursive: true });
    expect(kept.filter((path) => path.length > 3)).toHaveLength(set.trainIds.length + set.testIds.length);
  });
});

/** What its batch norm sees depends on random masks, as in a network with drop-connect. */
function maskedNetwork(): Network {
  const builder = new NetworkBuilder('masked');
  let x = builder.input('image', [3, null, null]);
  x = builder.conv2d(x, 'conv1', { inChannels: 3, outChannels: 8, kernel: 3, stride: 2, padding: 1 });
  x = builder.dropout(builder.relu(builder.batchNorm(x, 'bn1', { channels: 8 })), 0.3);
  x = builder.conv2d(x, 'conv2', { inChannels: 8, outChannels: 8, kernel: 3, stride: 2, padding: 1 });
  const features = builder.flatten(builder.globalAvgPool(builder.batchNorm(x, 'bn2', { channels: 8 })));
  builder.output('features', features);
  builder.output('logits', builder.linear(features, 'last_linear', { inFeatures: 8, outFeatures: 6 }));
  return builder.build();
}
