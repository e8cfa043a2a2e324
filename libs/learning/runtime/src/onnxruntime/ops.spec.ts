import { nativeOperators } from '@ichor/native-operators';
import type { LossKind } from '@ichor/nn';
import {
  CASE_CLASSES,
  exactly,
  gradientErrors,
  opCases,
  opData,
  referenceLoss,
  referenceOutput,
  toTensor64,
  type OpCase,
  type OpData,
  type ReferenceMode,
} from '@ichor/nn/testing';
import { describe, expect, it } from 'vitest';
import type { TrainingOptions, TrainingSession } from '../engine.js';
import { EngineTraining } from '../training/session.js';
import { channelBlock } from './channel-block.js';
import { createInferenceSession } from './inference.js';
import { sessionOptions } from './session-options.js';
import { nativeRunner, nodeRunner, type GraphRunner } from './graph-session.js';
import { TrainingGraphs } from './training-graphs.js';

/*
 * Oracle: each operator from its definition in double precision (@ichor/nn/testing) and central differences
 * of its loss. Float32 carries 6e-8 a number; sums over some hundred terms and two convolutions leave
 * relative errors under 2e-6 of the largest value, gradients under 2e-5 of their norm. The gradients of all operators
 * are checked in @ichor/nn, which makes the graphs; here, those that depend on what the engine adds.
 */
const VALUE = 5e-6;
const GRADIENT = 3e-5;
const bce: LossKind = { kind: 'bce', classWeights: [2, 1, 0.5] };
const session = sessionOptions('cpu', { threads: 1 });
const block = await channelBlock('cpu');
const blocks = block === undefined ? {} : { channelBlock: block };
const native = nativeOperators();
/**
 * With blocks of channels (where this processor has them), without, without onnxruntime's own operators, and with those of Ichor (where they
 * can run; `operators.spec.ts` says where not, and why).
 */
const runners: readonly (readonly [string, GraphRunner])[] = [
  ...(block === undefined
    ? []
    : [['cpu, blocks', nodeRunner({ dialect: 'cpu', ...blocks }, session)] as const]),
  ['cpu', nodeRunner({ dialect: 'cpu' }, session)],
  ['portable', nodeRunner({ dialect: 'portable' }, session)],
  ...('missing' in native
    ? []
    : [['native', nativeRunner({ dialect: 'native', ...blocks }, { threads: 1, ...native })] as const]),
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
  runner: GraphRunner,
  options: Partial<TrainingOptions>,
): TrainingSession {
  const all: TrainingOptions = { loss: bce, optimizer: { kind: 'sgd' }, seed: 0, ...options };
  return new EngineTraining(network, state, all, {
    gradients: (parameters) => new TrainingGraphs(network, parameters, all, runner),
    inference: (parameters) => createInferenceSession(network, parameters, {}, session),
  });
}

async function checkGradients(
  opCase: OpCase,
  runner: GraphRunner,
  mode: ReferenceMode['mode'],
  loss: LossKind,
): Promise<void> {
  const { network, inputs } = opCase;
  const data = opData(network, inputs, CASE_CLASSES);
  const trained = training(opCase, data, runner, { loss, frozenBatchNorm: mode === 'frozen' });
  const result = await trained.gradients({ inputs: data.inputs, targets: data.targets });
  await trained.dispose();
  const exact = new Map([...data.state].map(([name, tensor]) => [name, toTensor64(tensor)]));
  const logits = referenceOutput(network, 'logits', exact, exactly(data.inputs), { mode });
  expect(worst(result.logits.data, logits.data)).toBeLessThan(VALUE * largest(logits.data));
  expect(result.loss).toBeCloseTo(referenceLoss(loss, logits, toTensor64(data.targets)), 5);
  expect(
    gradientErrors(network, data, result.gradients, { loss, mode: { mode }, tolerance: GRADIENT }),
  ).toEqual([]);
}

describe.each(opCases.map((opCase) => [opCase.name, opCase] as const))('%s', (_name, opCase) => {
  it('has the right value in evaluation mode', async () => {
    const { network, inputs } = opCase;
    const data = opData(network, inputs, CASE_CLASSES);
    const inference = await createInferenceSession(network, data.state, {}, session);
    const { logits } = await inference.run(data.inputs);
    await inference.dispose();
    const exact = new Map([...data.state].map(([name, tensor]) => [name, toTensor64(tensor)]));
    const expected = referenceOutput(network, 'logits', exact, exactly(data.inputs), { mode: 'evaluation' });
    expect(logits?.shape).toEqual(expected.shape);
    expect(worst(logits?.data ?? new Float32Array(1), expected.data)).toBeLessThan(
      VALUE * largest(expected.data),
    );
  });
});

describe.each([
  'dropout',
  'dropConnect',
  'batchNorm',
  'conv2d grouped in blocks, stride 2',
  'convolution before batchNorm',
])('the gradient of %s through the engine', (name) => {
  const opCase = opCases.find((one) => one.name === name)!;

  it.each(runners)('is right for binary cross-entropy (%s)', async (_kind, runner) => {
    await checkGradients(opCase, runner, 'training', bce);
  });

  it.each(runners)(
    'is right for softmax cross-entropy and frozen batch norms (%s)',
    async (_kind, runner) => {
      await checkGradients(opCase, runner, 'frozen', { kind: 'crossEntropy' });
    },
  );
});
