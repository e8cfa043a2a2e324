import type { Hyperparameter } from './event.js';

/**
 * Settings as a flat table: `schedule.learningRate`, `augmentation.crop.area` as `[0.5,1]`. What is not set is left out.
 */
export function hyperparametersOf(
  settings: Readonly<Record<string, unknown>>,
): Record<string, Hyperparameter> {
  const table: Record<string, Hyperparameter> = {};
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') {
      table[name] = value;
    } else if (Array.isArray(value)) {
      table[name] = JSON.stringify(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) add(`${name}.${key}`, inner);
    }
  };
  for (const [name, value] of Object.entries(settings)) add(name, value);
  return table;
}
