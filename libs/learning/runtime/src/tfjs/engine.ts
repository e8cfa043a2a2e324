import type { Engine, EngineOptions } from '../engine.js';
import { EngineError } from '../error.js';
import { chosenOperators, onlyHere } from '../onnxruntime/operators.js';
import { EngineTraining } from '../training/session.js';
import { TfjsGradients } from './gradients.js';
import { createInferenceSession } from './inference.js';
import { loadTensorFlow, tfjsProviders, type TensorFlow, type TfjsProvider } from './tensorflow.js';

/**
 * Runs networks operator by operator with TensorFlow.js. `auto` takes the first of tfjs-node-gpu, tfjs-node
 * and the plain CPU backend (under 1 GFLOP/s: for tests) that works. `threads` has no effect.
 *
 * @throws EngineError `runtime/provider`; `runtime/operators` for unknown ones
 */
export async function createTfjsEngine(options: EngineOptions): Promise<Engine> {
  const { provider = 'auto' } = options;
  const operators = chosenOperators(options);
  const { tf, name } = await firstWorking(candidates(provider));
  return {
    name: 'tfjs',
    provider: name,
    description: `tfjs/${name}`,
    eightBit: undefined,
    inference: (network, state, options) => createInferenceSession(tf, name, network, state, options),
    training: async (network, state, options) => {
      if (operators === 'native') throw onlyHere('TensorFlow.js');
      if ((options.precision ?? 'float32') !== 'float32') {
        throw new EngineError({
          code: 'runtime/precision',
          reason: `tfjs computes in float32 only, not in ${options.precision}`,
          remedy: 'use onnxruntime, or --precision float32',
        });
      }
      return new EngineTraining(network, state, options, {
        gradients: (parameters) => new TfjsGradients(tf, name, network, parameters, options),
        inference: (parameters) => createInferenceSession(tf, name, network, parameters),
      });
    },
  };
}

function candidates(provider: string): readonly TfjsProvider[] {
  if (provider === 'auto') return tfjsProviders;
  const known = tfjsProviders.filter((name) => name === provider);
  if (known.length > 0) return known;
  throw new EngineError({
    code: 'runtime/provider',
    reason: `tfjs has no provider "${provider}"`,
    remedy: `choose one of ${tfjsProviders.join(', ')}`,
  });
}

async function firstWorking(
  providers: readonly TfjsProvider[],
): Promise<{ readonly tf: TensorFlow; readonly name: TfjsProvider }> {
  let failure: unknown;
  for (const name of providers) {
    try {
      return { tf: await loadTensorFlow(name), name };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
