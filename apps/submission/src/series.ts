import { eachSeries, seriesOrder, type SeriesOrder, type SlicePositions } from '@ichor/dataset';
import { present } from '@ichor/files';
import { hasStudyAnswers, readStudyAnswers, studyScore, type LabelColumns } from '@ichor/predictions';
import type { Layout } from '@ichor/tables';

/** The slices of the leaderboard as series: one series of one study each, from the feet to the head. */
export interface Series extends SeriesOrder {
  /** Identifier of each slice. */
  readonly ids: readonly string[];
}

export function seriesOf(slices: SlicePositions): Series {
  return { ...seriesOrder(slices), ids: slices.ID };
}

/** A series is positive for a label when one of its slices is. */
export function seriesTargets(series: Series, targets: LabelColumns): LabelColumns {
  const rows = [...eachSeries(series)];
  return targets.map((column) =>
    Float64Array.from(rows, (of) => of.reduce((most, row) => Math.max(most, column[row]!), 0)),
  );
}

/** The predictions of a model for series: `answer` of a sequence model, else the score from its slices. */
export interface SeriesScores {
  readonly kind: 'answer' | 'three-neighbours';
  readonly probabilities: LabelColumns;
}

/**
 * The answers of a model for whole series where it gives them, else the largest mean of three neighbouring slices, as
 * bundles take it before calibration.
 *
 * @returns null when its answers are not those of these series
 */
export async function seriesScores(
  layout: Layout,
  {
    name,
    folds,
    probabilities,
  }: { readonly name: string; readonly folds: readonly number[]; readonly probabilities: LabelColumns },
  series: Series,
): Promise<SeriesScores | null> {
  const rows = [...eachSeries(series)];
  if (!hasStudyAnswers(layout, name, folds)) {
    return {
      kind: 'three-neighbours',
      probabilities: probabilities.map((column) =>
        Float64Array.from(rows, (of) => studyScore(Array.from(of, (row) => column[row]!))),
      ),
    };
  }
  const answers = await readStudyAnswers(layout, name, folds, 'valid');
  const answerOf = new Map(answers.firstIds.map((id, row) => [id, row]));
  const found = rows.map((of) => {
    const row = answerOf.get(present(series.ids[of[0]!]));
    return row !== undefined && answers.slices[row] === of.length ? row : undefined;
  });
  if (found.includes(undefined)) return null;
  return {
    kind: 'answer',
    probabilities: answers.probabilities.map((column) =>
      Float64Array.from(found, (row) => column[present(row)]!),
    ),
  };
}
