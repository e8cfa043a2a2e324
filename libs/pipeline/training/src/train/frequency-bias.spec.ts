import { trainingSettings } from '@ichor/base-model';
import { tinyModel, tinyNetwork } from '@ichor/base-model/testing';
import { LABELS } from '@ichor/tables';
import { createEngine } from '@ichor/runtime';
import { initialize } from '@ichor/nn';
import { writeSafetensors } from '@ichor/weights';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SliceSet } from '../data/slice-set.js';
import { initialWeights } from './initial-weights.js';
import { frequencyBias } from './frequency-bias.js';

/** Slices whose targets of `any` and `epidural` are given; the other labels nobody has. */
function slices(rows: readonly (readonly [any: number, epidural: number])[]): SliceSet {
  const targets = new Float32Array(rows.length * LABELS.length);
  rows.forEach((row, at) => targets.set(row, at * LABELS.length));
  return {
    ids: rows.map((_, row) => `ID_${row}`),
    targets,
    hardTargets: targets.map((target) => Number(target >= 0.5)),
    seenIds: [],
  };
}

const soft = slices([
  [1, 1],
  [0.3, 0],
  [0, 0],
  [0, 0],
]);
// ln(0.001 / 0.999)
const nobody = -6.906755;

const expectClose = (found: Float32Array, expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  // Single precision at 7: half a unit is 2.4e-7.
  expected.forEach((value, output) => expect(found[output]).toBeCloseTo(value, 5));
};

describe('frequencyBias', () => {
  it('is the log-odds of the mean target, soft ones too', () => {
    const bias = frequencyBias({ classes: 'all', sampling: 'all' }, soft);
    // 1.3 / 4 = 0.325: ln(0.325 / 0.675) = -0.730888; 1 / 4: ln(1 / 3) = -1.098612.
    expectClose(bias, [-0.730888, -1.098612, nobody, nobody, nobody, nobody]);
  });

  it('has no value for any where the network has no such output', () => {
    const bias = frequencyBias({ classes: 'without-any', sampling: 'all' }, soft);
    expectClose(bias, [-1.098612, nobody, nobody, nobody, nobody]);
  });

  it('sees as many negatives as positives where an epoch does', () => {
    const bias = frequencyBias({ classes: 'all', sampling: 'pos==neg' }, soft);
    // One positive and one of three negatives, on average with the target 0.1: ln(0.55 / 0.45) = 0.200671; 1 / 2: 0.
    expectClose(bias, [0.200671, 0, nobody, nobody, nobody, nobody]);
  });

  it('stays finite when every slice has a label', () => {
    const bias = frequencyBias({ classes: 'all', sampling: 'pos==neg' }, slices([[1, 1]]));
    expectClose(bias, [-nobody, -nobody, nobody, nobody, nobody, nobody]);
  });
});

describe('a training without weights', () => {
  it('starts at the loss of the label frequencies but for the random weights of the last layer', async () => {
    const model = tinyModel();
    const network = tinyNetwork();
    const { state, description } = await initialWeights(network, model, soft);
    expect(description).toContain('bias of its last layer from the label frequencies');
    const random = await initialWeights(network, { ...model, outputBias: 'random' }, soft);
    for (const { name } of network.parameters) {
      if (name === 'last_linear.bias') continue;
      expect(state.get(name)?.data, name).toEqual(random.state.get(name)?.data);
    }
    const parameters = new Map(state);
    const weight = parameters.get('last_linear.weight')!;
    parameters.set('last_linear.weight', { ...weight, data: new Float32Array(weight.data.length) });
    const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
    const session = await engine.inference(network, parameters, { outputs: ['logits'] });
    const image = { shape: [1, 3, 16, 16], data: new Float32Array(3 * 16 * 16).fill(0.3) };
    const { logits } = await session.run({ image });
    await session.dispose();
    expectClose(Float32Array.from(logits!.data), [-0.730888, -1.098612, nobody, nobody, nobody, nobody]);
  });

  it('starts exactly there with residual blocks as the identity', async () => {
    const network = tinyNetwork();
    const { state, description } = await initialWeights(
      network,
      tinyModel({ initialization: 'he-identity' }),
      soft,
    );
    expect(description).toContain('residual blocks as the identity, the bias of its last layer');
    expect(state.get('last_linear.weight')!.data.every((value) => value === 0)).toBe(true);
    expectClose(state.get('last_linear.bias')!.data, [-0.730888, -1.098612, nobody, nobody, nobody, nobody]);
  });

  it('is another run than one whose bias is drawn; a training from weights stays the same run', () => {
    const model = tinyModel();
    expect(trainingSettings(model)).toMatchObject({ outputBias: 'frequencies' });
    expect(trainingSettings({ ...model, pretrained: 'imagenet' })).not.toHaveProperty('outputBias');
  });
});

describe('a training from weights', () => {
  it('keeps the last layer of the file, and makes a new one as asked', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ichor-output-bias-'));
    const file = async (classes: number): Promise<string> => {
      const path = join(folder, `${classes}.safetensors`);
      await writeSafetensors(path, initialize(tinyNetwork(classes), 1), {});
      return path;
    };
    const biasOf = async (pretrained: string, outputBias: 'auto' | 'frequencies') => {
      const model = tinyModel({ pretrained, outputBias });
      const { state } = await initialWeights(tinyNetwork(), model, soft);
      return state.get('last_linear.bias')!.data;
    };
    const drawn = initialize(tinyNetwork(), tinyModel().seed).get('last_linear.bias')!.data;
    const [six, thousand] = [await file(6), await file(1000)];
    expect(await biasOf(six, 'frequencies')).toEqual(
      initialize(tinyNetwork(), 1).get('last_linear.bias')!.data,
    );
    expect(await biasOf(thousand, 'auto')).toEqual(drawn);
    expect(await biasOf(thousand, 'frequencies')).toEqual(
      frequencyBias({ classes: 'all', sampling: 'all' }, soft),
    );
  });
});
