import { IchorError } from '@ichor/files';

/** Thrown for engines and providers that this machine lacks: `runtime/provider`, `runtime/engine`. */
export class EngineError extends IchorError {
  override readonly name = 'EngineError';
}
