import { describe, expect, it } from 'vitest';
import { NetworkBuilder, exportOnnx, initialize } from '../index.js';
import { describeOnnx } from './describe.js';

function small(): Uint8Array {
  const builder = new NetworkBuilder('small');
  const image = builder.input('image', [3, null, null]);
  const pooled = builder.flatten(builder.globalAvgPool(image));
  builder.output('logits', builder.linear(pooled, 'fc', { inFeatures: 3, outFeatures: 6 }));
  const network = builder.build();
  return exportOnnx(network, initialize(network, 1), { image_size: '64', labels: 'any,épidural' });
}

describe('describeOnnx', () => {
  it('reads what exportOnnx writes', () => {
    const { metadata, inputs, outputs } = describeOnnx(small());
    expect([...metadata]).toEqual([
      ['image_size', '64'],
      ['labels', 'any,épidural'],
    ]);
    expect(inputs).toEqual([{ name: 'image', shape: ['batch', 3, 'image_2', 'image_3'] }]);
    expect(outputs.map(({ name }) => name)).toEqual(['logits']);
  });

  it('refuses what is cut off anywhere before its last field, or no model', () => {
    const bytes = small();
    for (const length of [1, 5, 20, bytes.length >> 1, bytes.length - 1]) {
      expect(() => describeOnnx(bytes.subarray(0, length))).toThrow('is not an ONNX model');
    }
    expect(() => describeOnnx(new Uint8Array())).toThrow('0 graphs');
    expect(() => describeOnnx(new Uint8Array(64).fill(0xff))).toThrow('is not an ONNX model');
    expect(() => describeOnnx(Buffer.from('hello, world'))).toThrow('is not an ONNX model');
  });
});
