import { NetworkBuilder, initialize, type Network } from '@ichor/nn';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from '../engine.js';
import { createTfjsEngine } from './engine.js';
import { loadTensorFlow } from './tensorflow.js';

function smallNetwork(): Network {
  const b = new NetworkBuilder('small');
  let x = b.input('image', [3, null, null]);
  x = b.conv2d(x, 'conv', { inChannels: 3, outChannels: 4, kernel: 3, stride: 2, padding: 1 });
  x = b.relu(b.batchNorm(x, 'norm', { channels: 4 }));
  x = b.maxPool2d(x, { kernel: 2, ceilMode: true });
  const features = b.dropout(b.flatten(b.globalAvgPool(x)), 0.5);
  b.output('features', features);
  b.output('logits', b.linear(features, 'classes', { inFeatures: 4, outFeatures: 2 }));
  return b.build();
}

const batch: Batch = {
  inputs: { image: { shape: [3, 3, 7, 5], data: Float32Array.from({ length: 315 }, (_, i) => Math.sin(i)) } },
  targets: { shape: [3, 2], data: Float32Array.of(0, 1, 1, 0, 1, 1) },
};

describe.each(['js', 'node'] as const)('the tfjs engine on %s leaves no tensors behind', (provider) => {
  beforeEach(async ({ skip }) => {
    await loadTensorFlow(provider).catch((error: unknown) => skip(String(error)));
  });

  it('in inference', async () => {
    const engine = await createTfjsEngine({ provider });
    const tf = await loadTensorFlow(provider);
    const before = tf.memory().numTensors;
    const session = await engine.inference(smallNetwork(), initialize(smallNetwork(), 1));
    const open = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await session.run(batch.inputs);
    expect(tf.memory().numTensors).toBe(open);
    await session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('in training, after errors too', async () => {
    const engine = await createTfjsEngine({ provider });
    const tf = await loadTensorFlow(provider);
    const before = tf.memory().numTensors;
    const session = await engine.training(smallNetwork(), initialize(smallNetwork(), 1), {
      loss: { kind: 'bce' },
      optimizer: { kind: 'adam' },
    });
    for (let i = 0; i < 3; i++) await session.step(batch, { learningRate: 0.01 });
    const wrong = { ...batch, targets: { shape: [1, 2], data: Float32Array.of(0, 1) } };
    await expect(session.step(wrong, { learningRate: 0.01 })).rejects.toThrow(
      /"targets" expects \[3, 2\], received \[1, 2\]/,
    );
    await session.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('createTfjsEngine', () => {
  it('names the package of a provider that is not installed', async () => {
    await expect(createTfjsEngine({ provider: 'node-gpu' })).rejects.toMatchObject({
      code: 'runtime/provider',
      reason: expect.stringContaining('@tensorflow/tfjs-node-gpu is not installed'),
      remedy: expect.stringContaining('--ignore-scripts=false @tensorflow/tfjs-node-gpu'),
    });
  });

  it('refuses providers of the other engine', async () => {
    await expect(createTfjsEngine({ provider: 'cuda' })).rejects.toThrow(
      /tfjs has no provider "cuda" \(choose one of node-gpu, node, js\)/,
    );
  });

  it('finds a state that does not fit', async () => {
    const engine = await createTfjsEngine({ provider: 'js' });
    await expect(engine.inference(smallNetwork(), new Map())).rejects.toThrow(
      /parameter "conv\.weight" of small expects \[4, 3, 3, 3\], received nothing/,
    );
  });
});
