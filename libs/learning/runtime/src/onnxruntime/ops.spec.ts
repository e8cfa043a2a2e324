import { isLearned, type LossKind } from '@ichor/nn';
import { referenceLoss, referenceOutput, toTensor64, type ReferenceMode } from '@ichor/nn/testing';
import { describe, expect, it } from 'vitest';
import type { TrainingOptions, TrainingSession } from '../engine.js';
import { opCases, type OpCase } from '../testing/op-cases.js';
import { direction, opData, referenceSlope, type OpData } from '../testing/op-check.js';
import { EngineTraining } from '../training/session.js';
import { createInferenceSession } from './inference.js';
import { sessionOptions } from './session-options.js';
import { TrainingGraphs, type GraphLowering } from './training-graphs.js';
import { channelBlock } from './channel-block.js';

/*
 * Oracle: each operator from its definition in double precision (@ichor/nn/testing) and central differences
 * of its loss. Float32 carries 6e-8 a number; sums over some hundred terms and two convolutions leave
 * relative errors under 2e-6 of the largest value, gradients under 2e-5 of their norm.
 */
const VALUE = 5e-6;
const GRADIENT = 3e-5;
const CLASSES = 3;
const bce: LossKind = { kind: 'bce', classWeights: [2, 1, 0.5] };
const session = sessionOptions('cpu', { threads: 1 });
const block = await channelBlock('cpu');
/** With blocks of channels (where this processor has them), without, and without onnxruntime's own operators. */
const lowerings: readonly (readonly [string, GraphLowering])[] = [
  ...(block === undefined ? [] : [['cpu, blocks', { dialect: 'cpu', channelBlock: block }] as const]),
  ['cpu', { dialect: 'cpu' }],
  ['portable', { dialect: 'portable' }],
];

function largest(values: Float64Array): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

function worst(actual: Float32Array, expected: Float64Array): number {
  return actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]!)), 0);
}

function training(
  { network }: OpCase,
  { state }: OpData,
  lowering: GraphLowering,
  options: Partial<TrainingOptions>,
): TrainingSession {
  const all: TrainingOptions = { loss: bce, optimizer: { kind: 'sgd' }, seed: 0, ...options };
  return new EngineTraining(network, state, all, {
    gradients: (store, memory) => new TrainingGraphs(network, store, memory, all, session, lowering),
    inference: (parameters) => createInferenceSession(network, parameters, {}, session),
  });
}

async function checkGradients(
  opCase: OpCase,
  lowering: GraphLowering,
  mode: ReferenceMode['mode'],
  loss: LossKind,
): Promise<void> {
  const { network, image } = opCase;
  const data = opData(network, image, CLASSES);
  const trained = training(opCase, data, lowering, { loss, frozenBatchNorm: mode === 'frozen' });
  const result = await trained.gradients({ inputs: { image: data.image }, targets: data.targets });
  await trained.dispose();
  const exact = new Map([...data.state].map(([name, tensor]) => [name, toTensor64(tensor)]));
  const logits = referenceOutput(network, 'logits', exact, { image: toTensor64(data.image) }, { mode });
  expect(worst(result.logits.data, logits.data)).toBeLessThan(VALUE * largest(logits.data));
  expect(result.loss).toBeCloseTo(referenceLoss(loss, logits, toTensor64(data.targets)), 5);
  const slope = referenceSlope(network, data, loss, { mode });
  for (const { name } of network.parameters.filter(isLearned)) {
    const gradient = result.gradients.get(name)?.data ?? new Float32Array(0);
    const along = direction(name, gradient.length);
    const actual = gradient.reduce((sum, value, i) => sum + value * along[i]!, 0);
    // A bias before a batch norm has no gradient at all: then only the absolute error counts.
    const scale = Math.max(Math.hypot(...gradient), 1e-2);
    expect(Math.abs(actual - slope(name, along)), name).toBeLessThan(GRADIENT * scale);
  }
}

describe.each(opCases.map((opCase) => [opCase.name, opCase] as const))('%s', (_name, opCase) => {
  it('has the right value in evaluation mode', async () => {
    const { network, image } = opCase;
    const data = opData(network, image, CLASSES);
    const inference = await createInferenceSession(network, data.state, {}, session);
    const { logits } = await inference.run({ image: data.image });
    await inference.dispose();
    const exact = new Map([...data.state].map(([name, tensor]) => [name, toTensor64(tensor)]));
    const inputs = { image: toTensor64(data.image) };
    const expected = referenceOutput(network, 'logits', exact, inputs, { mode: 'evaluation' });
    expect(logits?.shape).toEqual(expected.shape);
    expect(worst(logits?.data ?? new Float32Array(1), expected.data)).toBeLessThan(
      VALUE * largest(expected.data),
    );
  });

  it.each(lowerings)('has the right gradient (%s)', async (_kind, lowering) => {
    await checkGradients(opCase, lowering, 'training', bce);
  });
});

describe('losses and modes', () => {
  const [opCase] = opCases.filter(({ name }) => name === 'convolution before batchNorm');

  it.each(lowerings)('differentiates softmax cross-entropy (%s)', async (_kind, lowering) => {
    if (opCase === undefined) throw new RangeError('the case is gone');
    await checkGradients(opCase, lowering, 'training', { kind: 'crossEntropy' });
  });

  it.each(lowerings)('differentiates frozen batch norms (%s)', async (_kind, lowering) => {
    if (opCase === undefined) throw new RangeError('the case is gone');
    await checkGradients(opCase, lowering, 'frozen', bce);
  });
});
