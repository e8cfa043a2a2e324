import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type * as tfjs from '@tensorflow/tfjs';
import { EngineError } from '../error.js';

/** The library's module; the packages for Node export the same and add a backend. */
export type TensorFlow = typeof tfjs;

/** Activations are channels last inside this engine ([N, H, W, C] or [N, F]): all its backends can do that. */
export type Activation = tfjs.Tensor;

export type TfjsProvider = 'node-gpu' | 'node' | 'js';

/** Fastest first. All are optional peers: TensorFlow.js is large, and onnxruntime does not need it. */
export const tfjsProviders = ['node-gpu', 'node', 'js'] as const satisfies readonly TfjsProvider[];

interface ProviderPackage {
  readonly name: string;
  readonly backend: string;
  /** How to make it work. */
  readonly remedy: string;
}

export const providerPackages: Readonly<Record<TfjsProvider, ProviderPackage>> = {
  'node-gpu': {
    name: '@tensorflow/tfjs-node-gpu',
    backend: 'tensorflow',
    remedy:
      'npm install --no-save --ignore-scripts=false @tensorflow/tfjs-node-gpu (needs CUDA 11.2 and cuDNN 8.1)',
  },
  node: {
    name: '@tensorflow/tfjs-node',
    backend: 'tensorflow',
    remedy: 'npm install --no-save --ignore-scripts=false @tensorflow/tfjs-node',
  },
  js: { name: '@tensorflow/tfjs', backend: 'cpu', remedy: 'npm install @tensorflow/tfjs' },
};

/**
 * Loads the package of a provider and selects its backend.
 *
 * @throws EngineError `runtime/provider` when the package is not installed or its library does not load
 */
export async function loadTensorFlow(provider: TfjsProvider): Promise<TensorFlow> {
  const { name, backend, remedy } = providerPackages[provider];
  try {
    const loaded: unknown = await import(pathToFileURL(locate(name)).href);
    const tf = [loaded, defaultExport(loaded)].find(isTensorFlow);
    if (tf === undefined) throw new TypeError(`${name} does not export TensorFlow.js`);
    // Silences the advice to install another package, which the doctor gives with more care.
    tf.enableProdMode();
    if (!(await tf.setBackend(backend))) throw new Error(`its backend "${backend}" does not start`);
    return tf;
  } catch (cause) {
    throw new EngineError({
      code: 'runtime/provider',
      reason: `tfjs cannot run on "${provider}" here: ${failureOf(cause)}`,
      remedy,
      cause,
    });
  }
}

/**
 * Makes the engine's backend the current one: it is global to the library, and another engine may have
 * changed it.
 */
export async function select(tf: TensorFlow, provider: TfjsProvider): Promise<void> {
  const { backend } = providerPackages[provider];
  if (tf.getBackend() !== backend) await tf.setBackend(backend);
}

/** @throws Error when the package is not installed */
function locate(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(`${name} is not installed`, { cause });
  }
}

function failureOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
}

function defaultExport(module: unknown): unknown {
  return typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
}

function isTensorFlow(module: unknown): module is TensorFlow {
  return typeof module === 'object' && module !== null && 'setBackend' in module && 'variableGrads' in module;
}
