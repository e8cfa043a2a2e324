import type * as tfjs from '@tensorflow/tfjs';
import type { Network, StateDict } from '@ichor/nn';
import { EngineError } from '../error.js';
import type { TensorFlow } from './tensorflow.js';

/**
 * The parameters of a network on the device.
 *
 * @throws EngineError `runtime/state` when one is missing or misshapen
 */
export function uploadParameters(
  tf: TensorFlow,
  network: Network,
  state: StateDict,
): ReadonlyMap<string, tfjs.Tensor> {
  const tensors = new Map<string, tfjs.Tensor>();
  for (const { name, shape } of network.parameters) {
    const given = state.get(name);
    if (given?.shape.join() !== shape.join()) {
      for (const tensor of tensors.values()) tensor.dispose();
      throw new EngineError({
        code: 'runtime/state',
        reason: `parameter "${name}" of ${network.name} expects [${shape.join(', ')}], received ${
          given === undefined ? 'nothing' : `[${given.shape.join(', ')}]`
        }`,
      });
    }
    // Copied: the plain backend keeps the array that it is given.
    tensors.set(name, tf.tensor(given.data.slice(), [...shape]));
  }
  return tensors;
}

export function reader(tensors: ReadonlyMap<string, tfjs.Tensor>): (name: string) => tfjs.Tensor {
  return (name) => {
    const tensor = tensors.get(name);
    if (tensor !== undefined) return tensor;
    throw new EngineError({ code: 'runtime/parameter', reason: `there is no parameter "${name}"` });
  };
}
