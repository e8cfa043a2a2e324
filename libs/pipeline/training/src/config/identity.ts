import { createHash } from 'node:crypto';
import { outputBiasOf } from './output-bias.js';
import type { BaseModel } from './schema.js';

/** Settings that say what is done with trained weights, or how the work is cut up, not what they become. */
const withoutEffectOnWeights: ReadonlySet<string> = new Set(['name', 'snapshot', 'features', 'testTime']);

/** The settings on which the weights of a run depend, in a fixed order. */
export function trainingSettings(model: BaseModel): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries({
      ...model,
      // Of test-time augmentation only its kind matters: it decides how an epoch is validated.
      validation: model.testTime.kind,
      // Named where it is not as it always was: runs from before there was a choice go on.
      outputBias: outputBiasOf(model) === 'random' ? undefined : outputBiasOf(model),
    })
      .filter(([key, value]) => !withoutEffectOnWeights.has(key) && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** SHA-256 of a value as JSON, shortened to 16 hexadecimal digits. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** `key: was X, now Y` for every setting that differs. */
export function differences(
  before: Readonly<Record<string, unknown>>,
  now: Readonly<Record<string, unknown>>,
): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return keys
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]))
    .map((key) => `${key}: was ${JSON.stringify(before[key])}, now ${JSON.stringify(now[key])}`);
}
