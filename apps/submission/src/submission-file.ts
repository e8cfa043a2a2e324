import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { SampleSubmission } from '@ichor/dataset';
import { IchorError, openAtomic, present } from '@ichor/files';
import type { PredictionSet } from '@ichor/predictions';
import { LABELS } from '@ichor/tables';

export interface SubmissionSummary {
  readonly rows: number;
  readonly slices: number;
  /** Slices without a prediction; they take the smallest one. */
  readonly filled: number;
  /** Values that were moved into [clip, 1 - clip]. */
  readonly clipped: number;
}

/**
 * Writes the submission: the rows of the sample in its order, `ID_<hex>_<label>,<probability>`.
 *
 * @throws IchorError `submission/not-finite`; `files/not-writable`
 */
export async function writeSubmission(
  path: string,
  sample: SampleSubmission,
  predictions: Pick<PredictionSet, 'ids' | 'probabilities'>,
  clip: number,
): Promise<SubmissionSummary> {
  const rowOf = new Map(predictions.ids.map((id, row) => [id, row]));
  const smallest = smallestOf(predictions);
  const rows = sample.ids.map((id) => rowOf.get(id));
  let clipped = 0;
  const file = await openAtomic(path);
  try {
    let text = 'ID,Label\n';
    for (let i = 0; i < sample.slice.length; i++) {
      const slice = sample.slice[i]!;
      const label = sample.label[i]!;
      const row = rows[slice];
      const value = row === undefined ? smallest : present(predictions.probabilities[label])[row]!;
      const kept = Math.min(1 - clip, Math.max(clip, value));
      if (kept !== value) clipped++;
      text += `${present(sample.ids[slice])}_${present(LABELS[label])},${kept}\n`;
      if (text.length > 1 << 20) {
        await file.write(text);
        text = '';
      }
    }
    await file.write(text);
  } catch (error) {
    await file.abort();
    throw error;
  }
  await file.commit();
  const filled = rows.filter((row) => row === undefined).length;
  return { rows: sample.slice.length, slices: sample.ids.length, filled, clipped };
}

function smallestOf({ ids, probabilities }: Pick<PredictionSet, 'ids' | 'probabilities'>): number {
  let smallest = Infinity;
  for (const column of probabilities) {
    for (const [row, value] of column.entries()) {
      if (!Number.isFinite(value)) {
        throw new IchorError({
          code: 'submission/not-finite',
          reason: `the prediction of ${ids[row] ?? ''} is ${value}`,
          remedy: 'find the model that gave it (see the leaderboard) and train it again',
        });
      }
      smallest = Math.min(smallest, value);
    }
  }
  return Number.isFinite(smallest) ? smallest : 0.5;
}

/**
 * Reads the file again as a grader would: same rows, same order, numbers in [0, 1].
 *
 * @throws IchorError `submission/invalid` naming the line
 */
export async function checkSubmission(path: string, sample: SampleSubmission): Promise<void> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  const invalid = (line: number, reason: string) =>
    new IchorError({ code: 'submission/invalid', file: path, reason: `line ${line}: ${reason}` });
  let line = 0;
  for await (const text of lines) {
    line++;
    if (line === 1) {
      if (text !== 'ID,Label') throw invalid(line, `the header is "${text}", not "ID,Label"`);
      continue;
    }
    const row = line - 2;
    if (row >= sample.slice.length) throw invalid(line, 'more rows than the sample has');
    const expected = `${present(sample.ids[sample.slice[row]!])}_${present(LABELS[sample.label[row]!])}`;
    const comma = text.lastIndexOf(',');
    if (text.slice(0, comma) !== expected)
      throw invalid(line, `"${text.slice(0, comma)}" instead of "${expected}"`);
    const value = comma < 0 ? NaN : Number(text.slice(comma + 1) || NaN);
    if (!(value >= 0 && value <= 1)) throw invalid(line, `"${text.slice(comma + 1)}" is not a probability`);
  }
  if (line - 1 !== sample.slice.length) {
    throw invalid(line, `${line - 1} rows; the sample has ${sample.slice.length}`);
  }
}
