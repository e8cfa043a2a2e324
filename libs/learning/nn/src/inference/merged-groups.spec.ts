import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { NetworkBuilder, initialize, lowerInference } from '../index.js';
import { exactly, referenceOutput, toTensor64 } from '../testing/index.js';
import { runOnnx } from '../testing/run-onnx.js';

/** A convolution with groups and the norm after it. */
function grouped(inChannels: number, outChannels: number, groups: number) {
  const b = new NetworkBuilder('grouped');
  const x = b.input('x', [inChannels, null, null]);
  const y = b.conv2d(x, 'conv', { inChannels, outChannels, groups, kernel: 3, padding: 1 });
  b.output('y', b.batchNorm(y, 'norm', { channels: outChannels }));
  const network = b.build();
  return { network, state: initialize(network, 2) };
}

/** Floats of the weights, from the size of the model. */
const size = (model: Uint8Array) => model.length / 4;

describe('groups narrower than a block of channels', () => {
  it.each([
    ['two to a block', 32, 32, 4],
    ['four to a block, more outputs than inputs', 16, 32, 4],
  ])('give what their definition gives: %s', async (_what, inChannels, outChannels, groups) => {
    const { network, state } = grouped(inChannels, outChannels, groups);
    const data = Float32Array.from({ length: 2 * inChannels * 20 }, (_, i) => Math.cos(i * i));
    const x = { shape: [2, inChannels, 5, 4], data };
    const merged = lowerInference(network, state, { channelBlock: 16 });
    const { y } = await runOnnx(ort, merged, { x });
    const exact = new Map([...state].map(([name, tensor]) => [name, toTensor64(tensor)]));
    const expected = referenceOutput(network, 'y', exact, exactly({ x }), { mode: 'evaluation' });
    // A few roundings of sums below 10.
    expected.data.forEach((value, i) => expect(Math.abs(y!.data[i]! - value)).toBeLessThan(5e-6));
    // The weights have zeros beside them: they are merged.
    const added = size(merged) - size(lowerInference(network, state));
    const each = (outChannels * inChannels * 9) / groups;
    expect(added).toBeGreaterThan(each * ((16 * groups) / inChannels - 1) - 50);
  });

  it.each([
    ['without blocks', 32, 32, 4, undefined],
    ['as wide as a block', 32, 32, 2, 16],
    ['of a depthwise convolution', 32, 32, 32, 16],
    ['too many for one block', 32, 256, 16, 16],
    ['whose outputs fill no blocks', 32, 24, 4, 16],
  ])('stay as they are: %s', (_what, inChannels, outChannels, groups, channelBlock) => {
    const { network, state } = grouped(inChannels, outChannels, groups);
    expect(lowerInference(network, state, { channelBlock })).toEqual(lowerInference(network, state));
  });
});
