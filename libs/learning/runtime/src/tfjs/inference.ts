import { outputValue, type Network, type StateDict, type Tensor } from '@ichor/nn';
import type { InferenceOptions, InferenceSession } from '../engine.js';
import { forward } from './forward.js';
import { fromActivation } from './layout.js';
import { reader, uploadParameters } from './parameters.js';
import { select, type TensorFlow, type TfjsProvider } from './tensorflow.js';

export async function createInferenceSession(
  tf: TensorFlow,
  provider: TfjsProvider,
  network: Network,
  state: StateDict,
  { outputs = Object.keys(network.outputs) }: InferenceOptions = {},
): Promise<InferenceSession> {
  const values = outputs.map((name) => outputValue(network, name));
  await select(tf, provider);
  const parameters = uploadParameters(tf, network, state);
  return {
    async run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
      await select(tf, provider);
      const tensors = tf.tidy(() => forward(network, inputs, values, { tf, parameter: reader(parameters) }));
      const results: Record<string, Tensor> = {};
      for (const [i, name] of outputs.entries()) {
        const tensor = tensors[i];
        if (tensor !== undefined) results[name] = await fromActivation(tf, tensor);
      }
      for (const tensor of new Set(tensors)) tensor.dispose();
      return results;
    },
    dispose: async () => {
      for (const tensor of parameters.values()) tensor.dispose();
    },
  };
}
