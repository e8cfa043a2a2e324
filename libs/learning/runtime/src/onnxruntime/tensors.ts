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
export function toOrtTensor({ shape, data }: Tensor, what: string): ort.Tensor {
  if (elementCount(shape) !== data.length) {
    throw new EngineError({
      code: 'runtime/input',
      reason: `${what} of shape [${shape.join(', ')}] needs ${elementCount(shape)} numbers, has ${data.length}`,
    });
  }
  return new (onnxRuntime().Tensor)('float32', data, shape);
}

export function fromOrtTensor(tensor: ort.Tensor): Tensor {
  if (!(tensor.data instanceof Float32Array)) {
    throw new EngineError({ code: 'runtime/output', reason: `expected float32, received ${tensor.type}` });
  }
  return { shape: tensor.dims, data: tensor.data };
}
