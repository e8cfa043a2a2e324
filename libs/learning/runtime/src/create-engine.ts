import type { Engine, EngineName, EngineOptions } from './engine.js';

/**
 * The engine of the given name; `auto` is onnxruntime, which every platform of Node has.
 *
 * @throws EngineError `runtime/provider` when the requested provider does not work here
 */
export async function createEngine(
  name: EngineName | 'auto' = 'auto',
  options: EngineOptions = {},
): Promise<Engine> {
  // Loaded on request: each loads a native library or a large bundle.
  if (name === 'tfjs') return (await import('./tfjs/engine.js')).createTfjsEngine(options);
  return (await import('./onnxruntime/engine.js')).createOnnxruntimeEngine(options);
}
