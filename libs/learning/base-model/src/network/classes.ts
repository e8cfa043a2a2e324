import { LABEL_WEIGHTS, LABELS } from '@ichor/tables';
import type { Loss } from '@ichor/runtime';
import type { BaseModel } from '../settings/schema.js';

/** Outputs of the network. */
export function classCount({ classes }: Pick<BaseModel, 'classes'>): number {
  return classes === 'all' ? LABELS.length : LABELS.length - 1;
}

export function trainingLoss(model: Pick<BaseModel, 'classes' | 'lossWeights'>): Loss {
  if (model.lossWeights === 'none') return { kind: 'bce' };
  return { kind: 'bce', classWeights: LABEL_WEIGHTS.slice(LABELS.length - classCount(model)) };
}

/** Targets of some rows for the network's outputs, rows x classes: `any` is the first label and may be missing. */
export function classTargets(
  model: Pick<BaseModel, 'classes'>,
  targets: Float32Array,
  rows: readonly number[],
): Float32Array {
  const classes = classCount(model);
  const skipped = LABELS.length - classes;
  const values = new Float32Array(rows.length * classes);
  rows.forEach((row, place) => {
    values.set(targets.subarray(row * LABELS.length + skipped, (row + 1) * LABELS.length), place * classes);
  });
  return values;
}

/** The output for a label, by its index in `LABELS`; undefined where the network has none. */
export function logitOf(model: Pick<BaseModel, 'classes'>, label: number): number | undefined {
  const logit = label - (LABELS.length - classCount(model));
  return logit >= 0 && label < LABELS.length ? logit : undefined;
}

/** Logits of samples x classes to probabilities of samples x six labels; a missing `any` is 1 - product(1 - p). */
export function labelProbabilities(model: Pick<BaseModel, 'classes'>, logits: Float32Array): Float32Array {
  const classes = classCount(model);
  const skipped = LABELS.length - classes;
  const samples = logits.length / classes;
  const probabilities = new Float32Array(samples * LABELS.length);
  for (let sample = 0; sample < samples; sample++) {
    let none = 1;
    for (let output = 0; output < classes; output++) {
      const probability = 1 / (1 + Math.exp(-logits[sample * classes + output]!));
      probabilities[sample * LABELS.length + skipped + output] = probability;
      none *= 1 - probability;
    }
    if (skipped === 1) probabilities[sample * LABELS.length] = 1 - none;
  }
  return probabilities;
}
