import type { Precision } from '@ichor/nn';
import type { Engine, EngineOptions } from '../engine.js';
import { channelBlock } from './channel-block.js';
import { createInferenceSession, createObservedSession } from './inference.js';
import { chosenOperators, onlyHere, openNativeOperators } from './operators.js';
import { chooseProvider } from './provider.js';
import { sessionOptions } from './session-options.js';
import { EngineTraining } from '../training/session.js';
import { nativeRunner, nodeRunner, type GraphRunner } from './graph-session.js';
import { TrainingGraphs } from './training-graphs.js';

/** @throws EngineError `runtime/provider`; `runtime/operators` for unknown ones */
export async function createOnnxruntimeEngine(options: EngineOptions): Promise<Engine> {
  const provider = await chooseProvider(options);
  const session = {
    ...sessionOptions(provider, options),
    ...(options.profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profile }),
  };
  const operators = chosenOperators(options);
  const block = await channelBlock(provider);
  const blocks = block === undefined ? {} : { channelBlock: block };
  const threads = session.intraOpNumThreads ?? 1;
  const runner = (precision: Precision): GraphRunner => {
    if (operators === 'native') {
      if (provider !== 'cpu') throw onlyHere(`the provider ${provider}`);
      if (precision !== 'float32') throw onlyHere(`a training in ${precision}`);
      const library = openNativeOperators();
      return nativeRunner({ dialect: 'native', ...blocks }, { threads, library, profile: options.profile });
    }
    if (precision === 'float32')
      return nodeRunner({ dialect: provider === 'cpu' ? 'cpu' : 'portable', ...blocks }, session);
    // The CPU provider has no products in half precision, and none of its own operators.
    return nodeRunner({ dialect: 'portable', precision, halfProducts: provider !== 'cpu' }, session);
  };
  return {
    name: 'onnxruntime',
    provider,
    description: `onnxruntime/${provider}${operators === 'native' ? '/native' : ''}`,
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
      const chosen = runner(training.precision ?? 'float32');
      return new EngineTraining(network, state, training, {
        threads,
        gradients: (parameters) => new TrainingGraphs(network, parameters, training, chosen),
        inference: (parameters) =>
          createInferenceSession(network, parameters, {}, session, { channelBlock: block }),
      });
    },
  };
}
