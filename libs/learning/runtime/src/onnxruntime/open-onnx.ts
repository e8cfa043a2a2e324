import { join } from 'node:path';
import { messageOf } from '@ichor/files/error';
import type * as ort from 'onnxruntime-node';
import type { Tensor } from '@ichor/nn';
import { EngineError } from '../error.js';
import type { EngineOptions } from '../engine.js';
import { onnxRuntime } from './library.js';
import { graphName, weightsName } from './prepared/entry.js';
import { chooseProvider } from './provider.js';
import type { OnnxProvider } from './provider-name.js';
import { sessionOptions } from './session-options.js';
import { fromOrtTensor, toOrtTensor } from './tensors.js';

/** A network that came as an `.onnx` file: one float32 input, named outputs. */
export interface OnnxSession {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** What runs it. */
  readonly provider: OnnxProvider;
  /** @param outputs which to compute; default all */
  run(inputs: Readonly<Record<string, Tensor>>, outputs?: readonly string[]): Promise<Record<string, Tensor>>;
  dispose(): Promise<void>;
}

/** How onnxruntime opens a file: as it is; as it is, and saves what it has made of it; or such a saved network. */
export type Opening = 'plain' | { readonly saveIn: string } | 'prepared';

/**
 * Opens an `.onnx` file for inference.
 *
 * @throws EngineError `runtime/onnx` when onnxruntime cannot load it, `runtime/provider` without the provider
 */
export async function openOnnx(
  path: string,
  options: EngineOptions = {},
  opening: Opening = 'plain',
): Promise<OnnxSession> {
  const provider = await chooseProvider(options);
  let session: ort.InferenceSession;
  try {
    session = await onnxRuntime().InferenceSession.create(path, {
      ...sessionOptions(provider, options),
      ...openingOptions(opening),
    });
  } catch (cause) {
    throw new EngineError({
      code: 'runtime/onnx',
      file: path,
      reason: `cannot be loaded: ${messageOf(cause)}`,
      remedy: 'the file is damaged or not an ONNX model; make it again',
      cause,
    });
  }
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    provider,
    async run(inputs, outputs = session.outputNames) {
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([name, tensor]) => [
          name,
          toOrtTensor(tensor, `${path}: input "${name}"`),
        ]),
      );
      const results = await session.run(feeds, [...outputs]);
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrtTensor(value)]));
    },
    dispose: () => session.release(),
  };
}

function openingOptions(opening: Opening): ort.InferenceSession.SessionOptions {
  if (opening === 'plain') return {};
  // All that can be done was done when it was saved.
  if (opening === 'prepared') return { graphOptimizationLevel: 'disabled' };
  return {
    optimizedModelFilePath: join(opening.saveIn, graphName),
    extra: {
      session: {
        optimized_model_external_initializers_file_name: weightsName,
        optimized_model_external_initializers_min_size_in_bytes: '1024',
      },
    },
  };
}
