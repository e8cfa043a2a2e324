import { NetworkBuilder, initialize, uniformStream, type Network } from '@ichor/nn';
import { describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.js';
import { providerFailure } from './provider.js';

/*
 * `npm run test:webgpu` sets the mode; a software Vulkan device does (VK_ICD_FILENAMES names its ICD file).
 * Not part of every run: starting a GPU, or failing to, takes seconds and is not a property of the code.
 */
const asked = process.env['MODE'] === 'webgpu';
const failure = asked ? await providerFailure('webgpu', {}) : 'run by npm run test:webgpu';

/** A network with strides, groups, 'same' padding, pooling, squeeze and excitation, dropout. */
function smallNetwork(): Network {
  const b = new NetworkBuilder('small');
  let x = b.input('image', [3, null, null]);
  x = b.conv2d(x, 'stem', { inChannels: 3, outChannels: 8, kernel: 3, stride: 2, padding: 'same' });
  x = b.relu(b.batchNorm(x, 'norm1', { channels: 8 }));
  x = b.maxPool2d(x, { kernel: 3, stride: 2, ceilMode: true });
  let y = b.conv2d(x, 'grouped', { inChannels: 8, outChannels: 8, kernel: 3, padding: 1, groups: 4 });
  y = b.swish(b.batchNorm(y, 'norm2', { channels: 8 }));
  let squeezed = b.globalAvgPool(y);
  squeezed = b.sigmoid(
    b.conv2d(squeezed, 'excite', { inChannels: 8, outChannels: 8, kernel: 1, bias: true }),
  );
  x = b.add(x, b.dropConnect(b.mul(y, squeezed), 0.2));
  const pooled = b.avgPool2d(x, { kernel: 3, stride: 1, padding: 1, countIncludePad: false });
  x = b.concat([
    pooled,
    b.conv2d(x, 'depthwise', { inChannels: 8, outChannels: 8, kernel: 3, padding: 1, groups: 8 }),
  ]);
  const features = b.dropout(b.flatten(b.globalAvgPool(x)), 0.3);
  b.output('logits', b.linear(features, 'head', { inFeatures: 16, outFeatures: 4 }));
  return b.build();
}

async function losses(provider: 'cpu' | 'webgpu'): Promise<number[]> {
  const network = smallNetwork();
  const engine = await createEngine('onnxruntime', { provider });
  const training = await engine.training(network, initialize(network, 5), {
    loss: { kind: 'bce', classWeights: [2, 1, 1, 1] },
    optimizer: { kind: 'adam' },
    seed: 9,
  });
  const uniform = uniformStream(13);
  const random = (shape: readonly number[], length: number) => ({
    shape,
    data: Float32Array.from({ length }, () => uniform()),
  });
  const batch = { inputs: { image: random([4, 3, 21, 19], 4 * 3 * 21 * 19) }, targets: random([4, 4], 16) };
  const result: number[] = [];
  for (let step = 0; step < 5; step++) {
    result.push((await training.step(batch, { learningRate: 0.01, maxGradientNorm: 1 })).loss);
  }
  await training.dispose();
  return result;
}

describe.skipIf(failure !== undefined)(`WebGPU (needs a device: ${failure ?? 'here it is'})`, () => {
  it('gives the same losses as the CPU over five steps', async () => {
    const [cpu, webgpu] = [await losses('cpu'), await losses('webgpu')];
    // Different sums of floats: 1e-4 of a loss near 0.8, as far apart as Adam's first steps spread rounding.
    webgpu.forEach((loss, i) => expect(Math.abs(loss - cpu[i]!)).toBeLessThan(1e-4));
    expect(cpu[4]).toBeLessThan(cpu[0]!);
  });
});
