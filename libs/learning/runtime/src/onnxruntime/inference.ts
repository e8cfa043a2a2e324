import type * as ort from 'onnxruntime-node';
import {
  inferShapes,
  lowerObserved,
  lowerSplitInference,
  type InferenceLowering,
  type Network,
  type SplitModel,
  type StateDict,
  type Tensor,
} from '@ichor/nn';
import type { InferenceOptions, InferenceSession, ObservedSession } from '../engine.js';
import { onnxRuntime } from './library.js';
import { fromOrtTensor, toFeeds } from './tensors.js';

export async function createInferenceSession(
  network: Network,
  state: StateDict,
  options: InferenceOptions,
  sessionOptions: ort.InferenceSession.SessionOptions,
  lowering: Pick<InferenceLowering, 'channelBlock' | 'ranges'> = {},
): Promise<InferenceSession> {
  const outputs = options.outputs ?? Object.keys(network.outputs);
  const model = lowerSplitInference(network, state, { outputs, ...lowering });
  return open(network, model, outputs, sessionOptions);
}

/** With the outputs of `lowerObserved`. */
export async function createObservedSession(
  network: Network,
  state: StateDict,
  options: InferenceOptions,
  sessionOptions: ort.InferenceSession.SessionOptions,
): Promise<ObservedSession> {
  const outputs = options.outputs ?? Object.keys(network.outputs);
  const { model, values } = lowerObserved(network, state, { outputs });
  const whole = { model, tensors: [] };
  return { ...(await open(network, whole, [...outputs, 'lowest', 'highest'], sessionOptions)), values };
}

async function open(
  network: Network,
  { model, tensors }: SplitModel,
  outputs: readonly string[],
  sessionOptions: ort.InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  const session = await onnxRuntime().InferenceSession.create(model, {
    ...sessionOptions,
    externalData: tensors,
  });
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
