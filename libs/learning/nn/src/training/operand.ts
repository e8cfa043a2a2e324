import type { Value } from './emitter.js';

export function operand(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new RangeError(`operand ${index} is missing`);
  return value;
}
