import { readVariable } from '@ichor/files';
import { nativeOperators, type NativeOperators } from '@ichor/native-operators';
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

/**
 * The file of the library of native operators, when all that they need is there.
 *
 * @param operators others than the default are for tests
 * @throws EngineError `runtime/operators` when koffi, the library or the instructions of its processor are missing; `runtime/not-installed`
 */
export function openNativeOperators(operators: NativeOperators = nativeOperators()): string {
  if ('missing' in operators) {
    throw new EngineError({
      code: 'runtime/operators',
      reason: operators.missing,
      remedy: 'train with the public operators, which need none of it',
    });
  }
  openCApi();
  return operators.library;
}
