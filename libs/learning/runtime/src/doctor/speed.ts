import { NetworkBuilder, initialize, type Network, type Tensor } from '@ichor/nn';
import type { Engine } from '../engine.js';

/** Floating-point operations a second, multiplications and additions counted apart, in 10^9. */
export interface Speed {
  readonly inference: number;
  readonly training: number;
}

const CHANNELS = 64;
const SIZE = 32;
const LAYERS = 4;
/** Of one sample through the convolutions, forwards. */
const OPERATIONS = 2 * LAYERS * CHANNELS * CHANNELS * 9 * SIZE * SIZE;
/** The gradients of inputs and of weights cost as much each; the first layer's input needs none. */
const TRAINING_OPERATIONS = (3 - 1 / LAYERS) * OPERATIONS;
/** A run this long is measured well enough; shorter ones get more samples, which larger devices need. */
const ENOUGH_MILLISECONDS = 100;
const LARGEST_BATCH = 256;

/** Times four 3x3 convolutions of 64 channels, the most common operation of the networks here. */
export async function measureSpeed(engine: Engine): Promise<Speed> {
  const network = convolutions();
  const state = initialize(network, 1);
  const inference = await engine.inference(network, state);
  const forwards = await fastest(async (batch) => void (await inference.run({ image: images(batch) })));
  await inference.dispose();
  const training = await engine.training(network, state, {
    loss: { kind: 'bce' },
    optimizer: { kind: 'sgd' },
  });
  const both = await fastest(async (batch) => {
    const targets: Tensor = { shape: [batch, 2], data: new Float32Array(2 * batch).fill(0.5) };
    await training.step({ inputs: { image: images(batch) }, targets }, { learningRate: 0.01 });
  });
  await training.dispose();
  return { inference: forwards * OPERATIONS * 1e-9, training: both * TRAINING_OPERATIONS * 1e-9 };
}

/** Samples a second. */
async function fastest(run: (batch: number) => Promise<void>): Promise<number> {
  for (let batch = 1; ; batch = Math.min(LARGEST_BATCH, batch * 4)) {
    // The first run of a shape may compile.
    const first = await milliseconds(() => run(batch));
    if (first > 10 * ENOUGH_MILLISECONDS && batch === 1) return (1000 * batch) / first;
    const times = [await milliseconds(() => run(batch)), await milliseconds(() => run(batch))];
    const best = Math.min(...times);
    if (best >= ENOUGH_MILLISECONDS || batch === LARGEST_BATCH) return (1000 * batch) / best;
  }
}

async function milliseconds(action: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

function convolutions(): Network {
  const b = new NetworkBuilder('speed');
  let x = b.input('image', [CHANNELS, SIZE, SIZE]);
  for (let layer = 0; layer < LAYERS; layer++) {
    x = b.conv2d(x, `conv${layer}`, { inChannels: CHANNELS, outChannels: CHANNELS, kernel: 3, padding: 1 });
  }
  const features = b.flatten(b.globalAvgPool(x));
  b.output('logits', b.linear(features, 'classes', { inFeatures: CHANNELS, outFeatures: 2 }));
  return b.build();
}

function images(batch: number): Tensor {
  const data = new Float32Array(batch * CHANNELS * SIZE * SIZE).fill(0.1);
  return { shape: [batch, CHANNELS, SIZE, SIZE], data };
}
