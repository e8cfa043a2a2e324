import type { Engine, EngineOptions } from '../engine.js';
import { EngineError } from '../errors.js';

export async function createTfjsEngine(_options: EngineOptions): Promise<Engine> {
  throw new EngineError({ code: 'runtime/engine', reason: 'the tfjs engine is not there yet' });
}
