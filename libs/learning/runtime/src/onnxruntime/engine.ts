import type { Engine, EngineOptions } from '../engine.js';
import { channelBlock } from './channel-block.js';
import { createInferenceSession, createObservedSession } from './inference.js';
import { chooseProvider } from './provider.js';
import { sessionOptions } from './session-options.js';
import { EngineTraining } from '../training/session.js';
import { TrainingGraphs, type GraphLowering } from './training-graphs.js';

/** @throws EngineError `runtime/provider` */
export async function createOnnxruntimeEngine(options: EngineOptions): Promise<Engine> {
  const provider = await chooseProvider(options);
  const session = {
    ...sessionOptions(provider, options),
    ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
  };
  const block = await channelBlock(provider);
  const lowering: GraphLowering = {
    dialect: provider === 'cpu' ? 'cpu' : 'portable',
    ...(block === undefined ? {} : { channelBlock: block }),
  };
  return {
    name: 'onnxruntime',
    provider,
    inference: (network, state, inference = {}) =>
      createInferenceSession(network, state, inference, session, { channelBlock: block }),
    eightBit:
      provider === 'cpu'
        ? {
            observe: (network, state, options = {}) =>
              createObservedSession(network, state, options, session),
            inference: (network, state, ranges, options = {}) =>
              createInferenceSession(network, state, options, session, { ranges }),
          }
        : undefined,
    training: async (network, state, training) => {
      const { precision = 'float32' } = training;
      // The CPU provider has no products in half precision, and none of its own operators.
      const halfProducts = provider !== 'cpu';
      const chosen: GraphLowering =
        precision === 'float32' ? lowering : { dialect: 'portable', precision, halfProducts };
      return new EngineTraining(network, state, training, {
        threads: session.intraOpNumThreads ?? 1,
        gradients: (parameters) => new TrainingGraphs(network, parameters, training, session, chosen),
        inference: (parameters) =>
          createInferenceSession(network, parameters, {}, session, { channelBlock: block }),
      });
    },
  };
}
