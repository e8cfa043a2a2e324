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
