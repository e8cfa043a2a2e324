import { describe, expect, it } from 'vitest';
import { encodeModel, encodeSplitModel, type OnnxModel } from './model.js';

const large = Float32Array.from({ length: 8192 }, (_, i) => i);
const small = Float32Array.of(1, 2, 3);
const model: OnnxModel = {
  name: 'split',
  opsets: { '': 17 },
  nodes: [
    { op: 'Add', name: 'add', domain: '', inputs: ['large', 'small'], outputs: ['sum'], attributes: {} },
  ],
  initializers: [
    { name: 'large', shape: [8192, 1], data: large },
    { name: 'small', shape: [3], data: small },
  ],
  inputs: [],
  outputs: [{ name: 'sum', shape: [8192, 3] }],
  metadata: {},
};

describe('encodeSplitModel', () => {
  const split = encodeSplitModel(model);

  it('keeps large tensors beside the model, as they are and not as copies', () => {
    expect(split.tensors.map(({ path }) => path)).toEqual(['large']);
    expect(split.tensors[0]?.data.buffer).toBe(large.buffer);
  });

  // Without the 32 KiB of the large tensor and its field's tag and length; with location, length and the data's place instead:
  // protobuf of onnx.proto3 by hand, 2 + (2 + 8) + (2 + 5) and so on, all below 64 bytes.
  it('is the whole model without their bytes', () => {
    const whole = encodeModel(model);
    const difference = whole.byteLength - split.model.byteLength;
    expect(difference).toBeGreaterThan(large.byteLength - 64);
    expect(difference).toBeLessThanOrEqual(large.byteLength);
    const text = new TextDecoder('latin1').decode(split.model);
    expect(text).toContain('location');
    expect(text).toContain(String(large.byteLength));
  });
});
