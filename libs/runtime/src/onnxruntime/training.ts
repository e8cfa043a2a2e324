import type { InferenceSession } from 'onnxruntime-node';
import type { Network, StateDict } from '@ichor/nn';
import type { TrainingOptions, TrainingSession } from '../engine.js';
import { EngineError } from '../errors.js';

export async function createTrainingSession(
  network: Network,
  _state: StateDict,
  _options: TrainingOptions,
  _sessionOptions: InferenceSession.SessionOptions,
): Promise<TrainingSession> {
  throw new EngineError({ code: 'runtime/training', reason: `${network.name}: training is not there yet` });
}
