import type { Engine, EngineName, EngineOptions } from './engine.js';

/**
 * The engine of the given name; `auto` is onnxruntime.
 *
 * @throws EngineError `runtime/not-installed` without the package onnxruntime-node, which is an optional peer;
 * `runtime/provider` when the requested provider does not work here; `runtime/operators` when the requested operators do not
 */
export async function createEngine(
  name: EngineName | 'auto' = 'auto',
  options: EngineOptions = {},
): Promise<Engine> {
  // Loaded on request: each loads a native library or a large bundle.
  if (name === 'tfjs') return (await import('./tfjs/engine.js')).createTfjsEngine(options);
  return (await import('./onnxruntime/engine.js')).createOnnxruntimeEngine(options);
}
