import { present } from '@ichor/files/present';
import type { LabelColumns } from '@ichor/predictions';
import { LABELS, type Label } from '@ichor/tables';

export interface Mistake {
  readonly kind: 'false positive' | 'false negative';
  readonly label: Label;
  readonly id: string;
  /** Of the label. */
  readonly probability: number;
  /** Of all labels. */
  readonly probabilities: readonly number[];
  /** The labels that the slice has. */
  readonly truth: readonly Label[];
}

/**
 * The slices on which a model was surest and wrong, for every label: negative ones of the highest probability, positive
 * ones of the lowest. Only the worst slice of a study counts, otherwise one study could fill the list. A slice is not a mistake when
 * the model was nearer to the truth than the frequency of the label is.
 *
 * @param studyOf name of a slice's study
 */
export function findMistakes(
  ids: readonly string[],
  targets: LabelColumns,
  probabilities: LabelColumns,
  studyOf: (id: string) => string,
  count: number,
): Mistake[] {
  return LABELS.flatMap((label, l) => {
    const target = present(targets[l]);
    const probability = present(probabilities[l]);
    const frequency = target.reduce((sum, value) => sum + value, 0) / target.length;
    const worst = (positive: 0 | 1): Mistake[] => {
      const sign = positive === 1 ? 1 : -1;
      const rows: number[] = [];
      target.forEach((value, row) => {
        if (value === positive && sign * (probability[row]! - frequency) < 0) rows.push(row);
      });
      rows.sort((a, b) => sign * (probability[a]! - probability[b]!));
      return onePerStudy(rows, (row) => studyOf(present(ids[row])), count).map((row) => ({
        kind: positive === 1 ? 'false negative' : 'false positive',
        label,
        id: present(ids[row]),
        probability: probability[row]!,
        probabilities: probabilities.map((column) => column[row]!),
        truth: LABELS.filter((_, other) => present(targets[other])[row] === 1),
      }));
    };
    return [...worst(0), ...worst(1)];
  });
}

function onePerStudy(rows: readonly number[], studyOf: (row: number) => string, count: number): number[] {
  const seen = new Set<string>();
  const chosen: number[] = [];
  for (const row of rows) {
    if (chosen.length === count) break;
    const study = studyOf(row);
    if (seen.has(study)) continue;
    seen.add(study);
    chosen.push(row);
  }
  return chosen;
}
