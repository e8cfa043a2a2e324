import os from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';
import type { EngineOptions } from '../engine.js';
import type { OnnxProvider } from './provider-name.js';

/** Session options of every model that an engine runs. */
export function sessionOptions(
  provider: OnnxProvider,
  { threads = os.availableParallelism() }: EngineOptions,
): InferenceSession.SessionOptions {
  return {
    // Operators that a GPU provider lacks run on the CPU.
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  };
}
