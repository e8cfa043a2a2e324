import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { NetworkBuilder, initialize, lowerInference } from './index.js';
import { liveNodes } from './inference/fold.js';
import { poolsLast } from './pools-last.js';
import { exactly, referenceOutput, toTensor64 } from './testing/index.js';
import { runOnnx } from './testing/run-onnx.js';

interface Options {
  readonly outChannels?: number;
  readonly stride?: number;
  readonly kernel?: number;
  readonly countIncludePad?: boolean;
  readonly isRead?: boolean;
}

/** Pool, convolution, norm; with `isRead` the pool has another reader. */
function pooled({
  outChannels = 2,
  stride = 1,
  kernel = 1,
  countIncludePad = false,
  isRead = false,
}: Options) {
  const b = new NetworkBuilder('pooled');
  const x = b.relu(b.input('x', [4, null, null]));
  const pool = b.avgPool2d(x, { kernel: 3, stride, padding: 1, countIncludePad });
  const y = b.conv2d(pool, 'conv', { inChannels: 4, outChannels, kernel, bias: true });
  const normed = b.batchNorm(y, 'norm', { channels: outChannels });
  b.output('y', isRead ? b.mul(normed, b.globalAvgPool(b.scale(pool, 2))) : normed);
  const network = b.build();
  const results = Object.values(network.outputs);
  return { network, nodes: poolsLast(network, liveNodes(network, results), results) };
}

describe('poolsLast', () => {
  it('exchanges an average pool with the narrower 1x1 convolution after it', () => {
    expect(pooled({}).nodes.map(({ op }) => op)).toEqual(['relu', 'conv2d', 'avgPool2d', 'batchNorm']);
  });

  it.each<readonly [string, Options]>([
    ['the convolution has as many outputs as inputs', { outChannels: 4 }],
    ['the pool has a stride, so that it leaves fewer pixels', { stride: 2 }],
    ['the kernel is not 1x1', { kernel: 3 }],
    ['the padding counts, so that a bias would change at the border', { countIncludePad: true }],
    ['something else reads the pool', { isRead: true, outChannels: 1 }],
  ])('leaves them where %s', (_why, options) => {
    const { network, nodes } = pooled(options);
    expect(nodes).toEqual(network.nodes);
  });

  it('gives the network that its definition gives, the norm folded into the convolution', async () => {
    const { network } = pooled({});
    const state = initialize(network, 3);
    const at = (name: string) => state.get(name)!.data;
    at('conv.bias').set([3, -2]);
    at('norm.running_mean').set([0.5, -1]);
    at('norm.running_var').set([2, 0.25]);
    at('norm.weight').set([1.5, -0.75]);
    at('norm.bias').set([4, 5]);
    const x = { shape: [2, 4, 5, 6], data: Float32Array.from({ length: 240 }, (_, i) => Math.sin(i * i)) };
    const { y } = await runOnnx(ort, lowerInference(network, state), { x });
    const exact = new Map([...state].map(([name, tensor]) => [name, toTensor64(tensor)]));
    const expected = referenceOutput(network, 'y', exact, exactly({ x }), { mode: 'evaluation' });
    // A few roundings of sums below 10.
    expected.data.forEach((value, i) => expect(Math.abs(y!.data[i]! - value)).toBeLessThan(5e-6));
    // Folded: no norm is left, and the convolution comes before the pool.
    const text = new TextDecoder('latin1').decode(lowerInference(network, state));
    expect(text).not.toContain('BatchNormalization');
    expect(text.indexOf('Conv')).toBeLessThan(text.indexOf('AveragePool'));
  });
});
