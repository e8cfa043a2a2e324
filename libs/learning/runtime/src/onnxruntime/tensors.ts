import type * as ort from 'onnxruntime-node';
import { elementCount, type Network, type Tensor } from '@ichor/nn';
import { EngineError } from '../error.js';
import { onnxRuntime } from './library.js';

/** Views, not copies: onnxruntime reads the float arrays where they are. */
export function toFeeds(
  network: Network,
  inputs: Readonly<Record<string, Tensor>>,
  names: readonly string[],
): Record<string, ort.Tensor> {
  const feeds: Record<string, ort.Tensor> = {};
  for (const name of names) {
    const tensor = inputs[name];
    if (tensor === undefined) {
      throw new EngineError({ code: 'runtime/input', reason: `${network.name}: input "${name}" is missing` });
    }
    feeds[name] = toOrtTensor(tensor, `${network.name}: input "${name}"`);
  }
  return feeds;
}

/** @throws EngineError `runtime/input` when the data does not fill the shape */
export function toOrtTensor(tensor: Tensor, what: string): ort.Tensor {
  const { shape, data } = filled(tensor, what);
  return new (onnxRuntime().Tensor)('float32', data, shape);
}

/** The tensor. @throws EngineError `runtime/input` when the data does not fill the shape */
export function filled(tensor: Tensor, what: string): Tensor {
  const { shape, data } = tensor;
  if (elementCount(shape) === data.length) return tensor;
  throw new EngineError({
    code: 'runtime/input',
    reason: `${what} of shape [${shape.join(', ')}] needs ${elementCount(shape)} numbers, has ${data.length}`,
  });
}

export function fromOrtTensor(tensor: ort.Tensor): Tensor {
  if (!(tensor.data instanceof Float32Array)) {
    throw new EngineError({ code: 'runtime/output', reason: `expected float32, received ${tensor.type}` });
  }
  return { shape: tensor.dims, data: tensor.data };
}
