import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labelColumns, layout, predictionsTable, writeTable, type Layout } from '@ichor/tables';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foldsPresent, readFold, readOutOfFold, readTestMean } from './read.js';
import { readAligned } from './read-aligned.js';
import { selectSlices } from './prediction-set.js';

let paths: Layout;
beforeEach(async () => {
  paths = layout(await mkdtemp(join(tmpdir(), 'ichor-predictions-')));
});
afterEach(() => rm(paths.root, { recursive: true }));

/** One row for each pass: slice and probability, the same for every label. Slices that end in 1 are positive. */
async function write(
  model: string,
  fold: number,
  kind: 'valid' | 'test' | 'nested',
  rows: readonly (readonly [id: string, probability: number])[],
) {
  const truth = (id: string) => (kind === 'test' ? NaN : Number(id.endsWith('1')));
  await writeTable(paths.predictions(model, fold, kind), predictionsTable, {
    ID: rows.map(([id]) => id),
    pass: new Int8Array(rows.length),
    ...labelColumns('target', () => Float32Array.from(rows, ([id]) => truth(id))),
    ...labelColumns('output', () => Float32Array.from(rows, ([, probability]) => probability)),
  });
}

describe('one model', () => {
  it('is the mean of its passes, with the truth', async () => {
    await write('net', 0, 'valid', [
      ['a1', 0.5],
      ['a1', 1],
      ['b0', 0.25],
    ]);
    const { ids, probabilities, targets } = await readFold(paths, 'net', 0, 'valid');
    expect(ids).toEqual(['a1', 'b0']);
    expect(probabilities[3]).toEqual(Float64Array.of(0.75, 0.25));
    expect(targets[0]).toEqual(Float64Array.of(1, 0));
  });

  it('joins the folds, and refuses a slice in two of them', async () => {
    await write('net', 0, 'valid', [['a1', 0.5]]);
    await write('net', 3, 'valid', [['b0', 0.25]]);
    expect(foldsPresent(paths, 'net', 'valid')).toEqual([0, 3]);
    const all = await readOutOfFold(paths, 'net', [0, 3]);
    expect(all.ids).toEqual(['a1', 'b0']);
    const turned = selectSlices(all, ['b0', 'a1']);
    expect(turned.probabilities[5]).toEqual(Float64Array.of(0.25, 0.5));
    expect(turned.targets[5]).toEqual(Float64Array.of(0, 1));
    expect(() => selectSlices(all, ['c0'])).toThrow('no prediction of slice c0');

    await write('net', 3, 'valid', [['a1', 0.25]]);
    await expect(readOutOfFold(paths, 'net', [0, 3])).rejects.toMatchObject({ code: 'predictions/overlap' });
  });

  it('averages the folds on the test set', async () => {
    await write('net', 0, 'test', [
      ['t', 0.5],
      ['u', 0.5],
    ]);
    await write('net', 1, 'test', [['t', 1]]);
    const { ids, probabilities, targets } = await readTestMean(paths, 'net', [0, 1]);
    expect(ids).toEqual(['t', 'u']);
    expect(probabilities[0]).toEqual(Float64Array.of(0.75, 0.5));
    expect(targets[0]).toEqual(Float64Array.of(NaN, NaN));
  });

  it.each([-0.01, 1.5, Infinity])('refuses %d as a probability', async (value) => {
    await write('net', 0, 'valid', [
      ['a1', 0.5],
      ['b0', value],
    ]);
    await expect(readFold(paths, 'net', 0, 'valid')).rejects.toMatchObject({
      code: 'predictions/not-a-probability',
      file: paths.predictions('net', 0, 'valid'),
      reason: expect.stringContaining('b0'),
    });
  });

  it('names the missing file and the command that makes it', async () => {
    await expect(readFold(paths, 'net', 2, 'valid')).rejects.toMatchObject({
      code: 'predictions/missing',
      file: paths.predictions('net', 2, 'valid'),
      remedy: expect.stringContaining('npx nx run net:predict'),
    });
  });
});

describe('several models', () => {
  it('are aligned: gaps take the mean of the others, slices that nobody has are left out', async () => {
    await write('m', 0, 'valid', [
      ['a1', 0.5],
      ['c0', 0.25],
    ]);
    await write('n', 0, 'valid', [['a1', 0.25]]);
    const ids = ['c0', 'b0', 'a1'];
    const { predictions, rows, dropped } = await readAligned(paths, {
      models: ['m', 'n'],
      folds: [0],
      kind: 'valid',
      ids,
    });
    expect([...rows]).toEqual([0, 2]);
    expect(dropped).toEqual(['b0']);
    expect(predictions.columns[0]?.[0]).toEqual(Float32Array.of(0.25, 0.5));
    expect(predictions.columns[1]?.[0]).toEqual(Float32Array.of(0.25, 0.25));
    expect(predictions.filled).toEqual({ m: 0, n: 1 });
  });

  it('are nested where they have nested predictions', async () => {
    await write('m', 0, 'valid', [['a1', 0.5]]);
    await write('m', 0, 'nested', [['a1', 0.75]]);
    await write('n', 0, 'valid', [['a1', 0.25]]);
    const { predictions } = await readAligned(paths, {
      models: ['m', 'n'],
      folds: [0],
      kind: 'nested',
      ids: ['a1'],
    });
    expect(predictions.columns.map((labels) => labels[0]?.[0])).toEqual([0.75, 0.25]);
  });
});
