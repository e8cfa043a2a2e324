import { NetworkBuilder, initialize, type Network } from '@ichor/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TrainingOptions, TrainingSession } from '../engine.js';
import { EngineTraining } from '../training/session.js';
import { channelBlock } from './channel-block.js';
import { nativeRunner, nodeRunner, type GraphRunner } from './graph-session.js';
import { randomBatch } from './fixtures/random-batch.js';
import { createInferenceSession } from './inference.js';
import { sessionOptions } from './session-options.js';
import { TrainingGraphs } from './training-graphs.js';

const THREADS = 2;

/** @param features so many that its parameters are in memory that the threads of the optimizer share, or few */
function network(features: number): Network {
  const b = new NetworkBuilder('runs');
  let x = b.input('image', [3, null, null]);
  x = b.conv2d(x, 'first', { inChannels: 3, outChannels: 16, kernel: 3, padding: 1 });
  x = b.relu(b.batchNorm(x, 'norm1', { channels: 16 }));
  x = b.maxPool2d(x, { kernel: 3, stride: 2, padding: 1 });
  const grouped = b.conv2d(x, 'grouped', {
    inChannels: 16,
    outChannels: 16,
    kernel: 3,
    padding: 1,
    groups: 4,
  });
  x = b.add(x, b.dropConnect(b.swish(b.batchNorm(grouped, 'norm2', { channels: 16 })), 0.3));
  x = b.dropout(b.flatten(b.globalAvgPool(x)), 0.4);
  x = b.relu(b.linear(x, 'wide', { inFeatures: 16, outFeatures: features }));
  b.output('logits', b.linear(x, 'head', { inFeatures: features, outFeatures: 6 }));
  return b.build();
}

const session = sessionOptions('cpu', { threads: THREADS });
const options: TrainingOptions = { loss: { kind: 'bce' }, optimizer: { kind: 'adam' }, seed: 4 };

function training(net: Network, runner: GraphRunner): TrainingSession {
  return new EngineTraining(net, initialize(net, 2), options, {
    threads: THREADS,
    gradients: (parameters) => new TrainingGraphs(net, parameters, options, runner),
    inference: (parameters) => createInferenceSession(net, parameters, {}, session),
  });
}

/** Full batches, one at another size, a part of a batch, and two micro-batches. */
async function train(net: Network, runner: GraphRunner) {
  const trained = training(net, runner);
  const steps = [randomBatch(4, 19, 1), randomBatch(4, 24, 2), randomBatch(3, 19, 3), randomBatch(4, 19, 4)];
  const results = [];
  for (const step of steps) results.push(await trained.step(step, { learningRate: 0.01 }));
  results.push(await trained.step([randomBatch(4, 19, 5), randomBatch(2, 19, 6)], { learningRate: 0.01 }));
  const { loss, logits, gradients } = await trained.gradients(randomBatch(4, 19, 7));
  const { parameters, optimizer } = trained.save();
  await trained.dispose();
  const tensors = new Map([...gradients, ['logits', logits] as const]);
  return {
    results,
    loss,
    gradients: bits(tensors),
    parameters: bits(parameters),
    optimizer: bits(optimizer),
  };
}

function bits(tensors: ReadonlyMap<string, { readonly data: Float32Array }>) {
  return Object.fromEntries(
    [...tensors].map(([name, { data }]) => [
      name,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    ]),
  );
}

describe('a training graph by the C API has the numbers of onnxruntime-node to the last bit', () => {
  let blocks: { readonly channelBlock?: number };
  beforeAll(async () => {
    const block = await channelBlock('cpu');
    blocks = block === undefined ? {} : { channelBlock: block };
  });

  it.each([
    ['few parameters', 8],
    ['parameters in shared memory', 50_000],
  ])('%s', async (_, features) => {
    const net = network(features);
    const expected = await train(net, nodeRunner({ dialect: 'cpu', ...blocks }, session));
    const actual = await train(net, nativeRunner({ dialect: 'cpu', ...blocks }, { threads: THREADS }));
    expect(actual).toEqual(expected);
  });
});
