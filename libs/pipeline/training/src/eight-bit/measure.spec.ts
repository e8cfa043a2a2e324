import type { Network } from '@ichor/nn';
import { NetworkBuilder } from '@ichor/nn';
import { tinyModel } from '@ichor/base-model/testing';
import { createEngine } from '@ichor/runtime';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { baseModelFiles } from '../files.js';
import { predictFold, type PredictFoldOptions } from '../predict/predict-fold.js';
import { makeTinySet, type TinySet } from '../testing/tiny-set.js';
import { trainFold } from '../train/train-fold.js';
import { Extremes } from './extremes.js';
import { eightBitRows } from './measure.js';
import { readEightBitRecord } from './record.js';

const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });

describe('Extremes', () => {
  it('give the range that holds a share of the images, each end by itself', () => {
    const extremes = new Extremes(['a', 'b']);
    // Five images of two values, in two batches.
    extremes.add({
      lowest: { shape: [2, 2], data: Float32Array.of(-1, 0, -5, 0) },
      highest: { shape: [2, 2], data: Float32Array.of(1, 6, 9, 7) },
    });
    extremes.add({
      lowest: { shape: [3, 2], data: Float32Array.of(-2, 0, -3, 0, -4, 0) },
      highest: { shape: [3, 2], data: Float32Array.of(2, 8, 3, 9, 4, 10) },
    });
    expect([...extremes.ranges(1)]).toEqual([
      ['a', { low: -5, high: 9 }],
      ['b', { low: 0, high: 10 }],
    ]);
    // Four of five: without -5, and without 9.
    expect(extremes.ranges(0.8).get('a')).toEqual({ low: -4, high: 4 });
    expect(extremes.ranges(0.5).get('a')).toEqual({ low: -3, high: 3 });
  });
});

describe('the slices of a comparison', () => {
  it('are others than those that ranges come from, and are spread over the fold', () => {
    expect(eightBitRows(5)).toEqual({ gathered: Int32Array.of(0, 2), compared: Int32Array.of(1, 3, 4) });
    const { gathered, compared } = eightBitRows(100_000);
    expect([gathered.length, compared.length]).toEqual([128, 2000]);
    expect(compared.filter((row) => gathered.includes(row))).toHaveLength(0);
    for (const rows of [gathered, compared]) {
      expect(new Set(rows).size).toBe(rows.length);
      expect(Math.min(...rows)).toBeLessThan(1000);
      expect(Math.max(...rows)).toBeGreaterThan(99_000);
    }
  });
});

/** With two convolutions behind those that stay in float32. */
function deeperNetwork(): Network {
  const builder = new NetworkBuilder('deeper');
  let x = builder.input('image', [3, null, null]);
  for (const [name, inChannels] of [
    ['c1', 3],
    ['c2', 8],
    ['c3', 8],
    ['c4', 8],
  ] as const) {
    x = builder.conv2d(x, name, {
      inChannels,
      outChannels: 8,
      kernel: 3,
      stride: name === 'c1' ? 2 : 1,
      padding: 1,
    });
    x = builder.relu(builder.batchNorm(x, `${name}.norm`, { channels: 8 }));
  }
  const features = builder.flatten(builder.globalAvgPool(x));
  builder.output('features', features);
  builder.output('logits', builder.linear(features, 'last_linear', { inFeatures: 8, outFeatures: 6 }));
  return builder.build();
}

describe('predictFold in 8 bits', () => {
  let set: TinySet;
  const model = tinyModel({ name: 'eight', epochs: 3 });
  const options = (more: Partial<PredictFoldOptions> = {}): PredictFoldOptions => ({
    model,
    fold: 0,
    engine,
    root: set.root,
    network: deeperNetwork(),
    workers: 0,
    sets: ['valid'],
    ...more,
  });
  const path = () => baseModelFiles(set.layout, model.name, 0).eightBit;
  beforeAll(async () => {
    set = await makeTinySet();
    await trainFold(options());
  });

  it('measures nothing unless it is asked to', async () => {
    const [valid] = await predictFold(options());
    expect(valid).not.toHaveProperty('eightBit');
    await expect(stat(path())).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('compares both on slices without those of the ranges, beside predictions that stay', async () => {
    const [valid] = await predictFold(options({ eightBit: true }));
    expect(valid?.status).toBe('nothing-to-do');
    const record = (await readEightBitRecord(path()))!;
    expect(record.gathered.slices).toBe(5);
    expect(record.compared).toEqual(valid?.eightBit);
    const { slices, float32, int8, lossDifference, largestChange } = record.compared;
    expect(slices).toBe(5);
    expect(lossDifference.mean).toBeCloseTo(int8.weightedLogLoss - float32.weightedLogLoss, 9);
    // Bytes give other numbers, and nearly the same.
    expect(largestChange).toBeGreaterThan(0);
    expect(largestChange).toBeLessThan(0.05);
    expect([...record.ranges.keys()]).toEqual(['relu_6', 'relu_9', 'relu_12']);
  });

  it('measures again only for other predictions, or when it is told to', async () => {
    const mark = async () => {
      const text = await readFile(path(), 'utf8');
      await writeFile(path(), text.replace(/"largestChange": [\d.e-]+/, '"largestChange": 0.125'));
    };
    await mark();
    const [again] = await predictFold(options({ eightBit: true }));
    expect(again?.eightBit?.largestChange).toBe(0.125);
    const [fresh] = await predictFold(options({ eightBit: true, fresh: true }));
    expect(fresh?.eightBit?.largestChange).not.toBe(0.125);
    await mark();
    await trainFold(options({ model: { ...model, seed: 5 }, fresh: true }));
    // What a training replaces is no longer there.
    await expect(stat(path())).rejects.toMatchObject({ code: 'ENOENT' });
    const [other] = await predictFold(options({ model: { ...model, seed: 5 }, eightBit: true }));
    expect(other?.eightBit?.largestChange).not.toBe(0.125);
  });

  it('leaves nothing when it is stopped', async () => {
    const stop = new AbortController();
    const given = options({ model: { ...model, seed: 5 }, fresh: true, eightBit: true, signal: stop.signal });
    const events = { begin: (what: string) => (what === 'in 8 bits' ? stop.abort() : undefined) };
    const before = await readFile(path(), 'utf8');
    const [valid] = await predictFold({ ...given, events });
    expect(valid?.status).toBe('stopped');
    expect(await readFile(path(), 'utf8')).toBe(before);
  });

  it('names each slice that it leaves out, once, also beside predictions that stay', async () => {
    const broken = await makeTinySet();
    // Rows 2 and 3 of fold 0: ranges come from even rows, odd ones are compared.
    const ids = broken.trainIds.slice(2, 4);
    for (const id of ids) await truncate(join(broken.layout.input.trainImages, `${id}.dcm`), 500);
    const given = options({ model: { ...model, epochs: 1 }, root: broken.root });
    await trainFold(given);
    await predictFold(given);
    const named: string[] = [];
    const events = { unreadable: ({ id }: { id: string }) => void named.push(id) };
    const [valid] = await predictFold({ ...given, eightBit: true, events });
    expect([valid?.status, valid?.eightBit?.slices, named]).toEqual(['nothing-to-do', 4, ids]);
  });

  it('refuses an engine that has no 8 bits before it predicts', async () => {
    const tfjs = await createEngine('tfjs', { provider: 'js' });
    const refused = predictFold(options({ engine: tfjs, eightBit: true, fresh: true }));
    await expect(refused).rejects.toMatchObject({ code: 'training/eight-bit' });
  });
});
