import { present } from '@ichor/files';
import { LABELS } from '@ichor/tables';

/** Probabilities nearer to 0 or 1 than this say no more. */
const LIMIT = 1e-5;

export function logitOf(probability: number): number {
  const p = Math.min(Math.max(probability, LIMIT), 1 - LIMIT);
  return Math.log(p / (1 - p));
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Mean over the models of each label's logits. */
export function meanLogits(columns: readonly (readonly Float32Array[])[]): Float32Array[] {
  return LABELS.map((_, label) => {
    const first = columns[0]?.[label] ?? new Float32Array(0);
    return first.map((_value, row) => {
      let sum = 0;
      for (const ofModel of columns) sum += logitOf(present(ofModel[label])[row]!);
      return sum / columns.length;
    });
  });
}

/** Binary cross-entropy of a logit. */
export function logitLoss(logit: number, target: number): number {
  return Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
}
