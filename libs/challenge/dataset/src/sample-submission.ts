import { DatasetError } from './error.js';
import { readLabelRows } from './label-rows.js';
import { LabelProblems } from './label-problems.js';

/** The rows that a submission must have, in their order. */
export interface SampleSubmission {
  /** Slices in the order of their first row. */
  readonly ids: readonly string[];
  /** The index of each row's slice in `ids`. */
  readonly slice: Uint32Array;
  /** The index of each row's label in `LABELS`. */
  readonly label: Uint8Array;
}

/**
 * Reads the sample submission (`ID_<hex>_<label>,0.5`); its values are ignored.
 *
 * @throws DatasetError as `readLabelCsv`; `dataset/labels-malformed` for any row that belongs to no slice or label: the
 *   challenge would refuse a submission without that row
 */
export async function readSampleSubmission(path: string): Promise<SampleSubmission> {
  const ids: string[] = [];
  const indexOf = new Map<string, number>();
  const slices: number[] = [];
  const labels: number[] = [];
  const problems = new LabelProblems();
  await readLabelRows(path, problems, (id, label) => {
    let index = indexOf.get(id);
    if (index === undefined) indexOf.set(id, (index = ids.push(id) - 1));
    slices.push(index);
    labels.push(label);
  });
  const [first] = problems.first;
  if (first !== undefined)
    throw new DatasetError({
      code: 'dataset/labels-malformed',
      file: path,
      reason: `line ${first.line}: ${first.kind}: ${first.detail}; ${problems.total} such rows in all`,
      remedy: 'use the unchanged sample submission of the challenge, or one with the same format',
    });
  return { ids, slice: Uint32Array.from(slices), label: Uint8Array.from(labels) };
}
