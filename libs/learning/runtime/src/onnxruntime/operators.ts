import { readVariable } from '@ichor/files';
import type { EngineOptions, Operators } from '../engine.js';
import { EngineError } from '../error.js';
import { openCApi } from './c-api/c-api.js';

const all: readonly Operators[] = ['public', 'native'];

/**
 * The option, else the variable ICHOR_OPERATORS, else `public`.
 *
 * @throws EngineError `runtime/operators` for another value
 */
export function chosenOperators({ operators }: Pick<EngineOptions, 'operators'>): Operators {
  const value: string | undefined = operators ?? readVariable('operators');
  if (value === undefined) return 'public';
  const known = all.find((name) => name === value);
  if (known !== undefined) return known;
  throw new EngineError({
    code: 'runtime/operators',
    reason: `there are no operators "${value}"`,
    remedy: `choose one of ${all.join(', ')}, by the option or the variable ICHOR_OPERATORS`,
  });
}

/** The refusal of native operators where there are none. */
export function onlyHere(where: string): EngineError {
  return new EngineError({
    code: 'runtime/operators',
    reason: `native operators run in onnxruntime on the CPU in float32, and this is ${where}`,
    remedy: 'choose the engine onnxruntime, the provider cpu and float32, or the public operators',
  });
}

/** What native operators need. */
export interface NativeOperators {
  /** Of onnxruntime. */
  readonly version: string;
  /** File of the library. */
  readonly library?: string;
}

/** @throws EngineError `runtime/operators` when koffi, the library of operators or its processor is missing; `runtime/not-installed` */
export function openNativeOperators(): NativeOperators {
  return { version: openCApi().version };
}
