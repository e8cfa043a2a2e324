import type * as ort from 'onnxruntime-node';
import { inferShapes, lowerInference, type Network, type StateDict, type Tensor } from '@ichor/nn';
import type { InferenceOptions, InferenceSession } from '../engine.js';
import { onnxRuntime } from './library.js';
import { fromOrtTensor, toFeeds } from './tensors.js';

export async function createInferenceSession(
  network: Network,
  state: StateDict,
  options: InferenceOptions,
  sessionOptions: ort.InferenceSession.SessionOptions,
  channelBlock?: number,
): Promise<InferenceSession> {
  const outputs = options.outputs ?? Object.keys(network.outputs);
  const session = await onnxRuntime().InferenceSession.create(
    lowerInference(network, state, { outputs, channelBlock }),
    sessionOptions,
  );
  return {
    async run(inputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>> {
      const feeds = toFeeds(network, inputs, session.inputNames);
      // onnxruntime's own message for a wrong size names neither the network nor the layer.
      inferShapes(
        network,
        Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape])),
      );
      const results = await session.run(feeds, outputs);
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrtTensor(value)]));
    },
    dispose: () => session.release(),
  };
}
