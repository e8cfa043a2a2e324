import { nativeRunner } from '@ichor/native-operators/testing';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
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
} from '../testing/index.js';
import type { Shape, Tensor } from '../tensor.js';
import { lowerings, type Lowering } from '../testing/run-emitted.js';
import { runOnnx } from '../testing/run-onnx.js';
import type { LossKind } from './loss.js';
import { lowerTraining, type TrainingGraph, type TrainingLowering } from './lower.js';
import { randomValues } from './masks.js';

/*
 * Oracle: each operator from its definition in double precision and central differences of its loss; the lowered graph
 * is run by onnxruntime. Float32 carries 6e-8 a number; sums over some hundred terms and two convolutions leave
 * relative errors under 2e-6 of the largest value, gradients under 2e-5 of their norm.
 */
const VALUE = 5e-6;
const GRADIENT = 3e-5;
const bce: LossKind = { kind: 'bce', classWeights: [2, 1, 0.5] };
const ways = await lowerings(ort, nativeRunner());

/** Loss, logits and gradients of the lowered graph; how often its model names a batch norm. */
async function run(
  { network }: OpCase,
  data: OpData,
  { run: runs, ...lowering }: Omit<TrainingLowering, 'logits' | 'trainable'> & Pick<Lowering, 'run'>,
) {
  const graph = lowerTraining(
    network,
    Object.fromEntries(Object.entries(data.inputs).map(([name, { shape }]) => [name, shape])),
    { logits: 'logits', trainable: () => true, ...lowering },
  );
  const feeds: Record<string, Tensor> = {};
  for (const [name, { port, shape }] of graph.parameters)
    feeds[port] = data.state.get(name) ?? { shape, data: new Float32Array(0) };
  for (const [name, { port, shape }] of graph.inputs)
    feeds[port] = data.inputs[name] ?? { shape, data: new Float32Array(0) };
  feeds[graph.targets.port] = data.targets;
  for (const { name, shape, randomness, value } of graph.random)
    feeds[name] = { shape, data: randomValues({ seed: 0, step: 0, batch: 0, value }, randomness, shape) };
  const results = runs?.(graph.model, feeds, outputShapes(graph)) ?? (await runOnnx(ort, graph.model, feeds));
  const nodes = Buffer.from(graph.model)
    .toString('latin1')
    .split(/BatchNorm(?:alization|With)/).length;
  const output = (port: string) => results[port]!.data;
  return {
    nodes,
    loss: output(graph.loss.port)[0]!,
    logits: output(graph.logits.port),
    gradients: new Map(
      [...graph.gradients].map(([name, { port, shape }]) => [name, { shape, data: output(port) }]),
    ),
  };
}

/** Of those that are compared. */
function outputShapes({ loss, logits, gradients }: TrainingGraph): Record<string, Shape> {
  const ports = [loss, logits, ...gradients.values()];
  return Object.fromEntries(ports.map(({ port, shape }) => [port, shape]));
}

async function check(opCase: OpCase, lowering: Lowering, mode: ReferenceMode['mode'], loss: LossKind) {
  const { network, inputs } = opCase;
  const data = opData(network, inputs, CASE_CLASSES);
  const found = await run(opCase, data, { ...lowering, loss, frozenBatchNorm: mode === 'frozen' });
  const exact = new Map([...data.state].map(([name, tensor]) => [name, toTensor64(tensor)]));
  const logits = referenceOutput(network, 'logits', exact, exactly(data.inputs), { mode });
  const largest = logits.data.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  for (const [i, value] of found.logits.entries())
    expect(Math.abs(value - logits.data[i]!), `logit ${i}`).toBeLessThan(VALUE * largest);
  expect(found.loss).toBeCloseTo(referenceLoss(loss, logits, toTensor64(data.targets)), 5);
  expect(
    gradientErrors(network, data, found.gradients, { loss, mode: { mode }, tolerance: GRADIENT }),
  ).toEqual([]);
}

describe.each(opCases.map((opCase) => [opCase.name, opCase] as const))(
  'the gradient of %s',
  (_name, opCase) => {
    it.each(ways)('is right (%s)', async (_kind, lowering) => {
      await check(opCase, lowering, 'training', bce);
    });
  },
);

describe('the gradient', () => {
  const opCase = opCases.find(({ name }) => name === 'convolution before batchNorm')!;

  it.each(ways)('of softmax cross-entropy is right (%s)', async (_kind, lowering) => {
    await check(opCase, lowering, 'training', { kind: 'crossEntropy' });
  });

  it.each(ways)('with frozen batch norms is right (%s)', async (_kind, lowering) => {
    await check(opCase, lowering, 'frozen', bce);
  });

  const dense = opCases.filter(({ name }) => name.startsWith('dense block'));
  it.each(ways)(
    'is the same where norms are computed again instead of kept (%s)',
    async (_kind, lowering) => {
      expect(dense.length).toBeGreaterThan(0);
      for (const { network, inputs } of dense) {
        const data = opData(network, inputs, CASE_CLASSES);
        const options = { ...lowering, loss: bce, frozenBatchNorm: false };
        const kept = await run({ name: '', network, inputs }, data, options);
        const again = await run({ name: '', network, inputs }, data, { ...options, repeatFrom: 0 });
        expect(again.nodes).toBeGreaterThan(kept.nodes);
        expect(again.gradients).toEqual(kept.gradients);
      }
    },
  );

  it('that is wrong is named with both values and the relative error', async () => {
    const data = opData(opCase.network, opCase.inputs, CASE_CLASSES);
    const { gradients } = await run(opCase, data, { loss: bce, frozenBatchNorm: false });
    const { shape, data: values } = gradients.get('head.weight')!;
    const wrong = new Map(gradients)
      .set('head.weight', { shape, data: values.map((value) => 1.01 * value) })
      .set('head.bias', { shape: [CASE_CLASSES], data: new Float32Array(CASE_CLASSES).fill(NaN) });
    wrong.delete('op.weight');
    const mode = { mode: 'training' } as const;
    const lines = gradientErrors(opCase.network, data, wrong, { loss: bce, mode, tolerance: GRADIENT });
    expect(lines.find((line) => line.startsWith('head.weight'))).toMatch(
      /^head\.weight: analytic -?[\d.e-]+, finite difference -?[\d.e-]+, relative error [\d.]+e-3 \(at most 0\.00003\)$/,
    );
    expect(lines).toHaveLength(2 + Number(gradients.has('op.weight')));
    expect(lines.find((line) => line.startsWith('head.bias'))).toContain('analytic NaN');
  });
});
