import type { Engine, EngineOptions } from '../engine.js';
import { createInferenceSession } from './inference.js';
import { chooseProvider } from './provider.js';
import { sessionOptions } from './session-options.js';
import { createTrainingSession } from './training.js';

/** @throws EngineError `runtime/provider` */
export async function createOnnxruntimeEngine(options: EngineOptions): Promise<Engine> {
  const provider = await chooseProvider(options);
  const session = sessionOptions(provider, options);
  return {
    name: 'onnxruntime',
    provider,
    inference: (network, state, inference = {}) => createInferenceSession(network, state, inference, session),
    training: (network, state, training) => createTrainingSession(network, state, training, session),
  };
}
