import { open } from 'node:fs/promises';
import { readLabelCsv } from '@ichor/dataset';
import { IchorError } from '@ichor/files';
import { LABELS } from '@ichor/tables';
import { readColumns } from './columns-of.js';
import type { Results } from './read-results.js';

/** Which studies are positive, and for which labels. */
export interface Truth {
  /** StudyInstanceUID to one value a label; undefined where the file does not tell. */
  readonly studies: ReadonlyMap<string, readonly (boolean | undefined)[]>;
  /** Slices, or rows about studies, that were not predicted. */
  readonly unused: number;
  /** What is wrong with the rows of slices, kind by kind. */
  readonly problems: readonly string[];
}

/**
 * Reads the truth, of slices or of studies, as the header tells:
 *
 * - `ID,Label`: rows `ID_<hex>_<label>,0|1` as in the challenge, whose files have `ID_<hex>` as SOPInstanceUID. A study is
 *   positive when one of the slices is that were read.
 * - `StudyInstanceUID` and a column with 0 or 1 for some or all labels.
 *
 * @throws IchorError `evaluate/unreadable`, `evaluate/bad-value`
 */
export async function readTruth(path: string, { studies, studyOfSlice }: Results): Promise<Truth> {
  const header = await firstLine(path);
  return /^\ufeff?ID,Label\s*$/i.test(header)
    ? truthOfSlices(path, studyOfSlice)
    : truthOfStudies(path, new Set(studies.map(({ studyInstanceUid }) => studyInstanceUid)));
}

async function truthOfSlices(path: string, studyOfSlice: ReadonlyMap<string, string>): Promise<Truth> {
  const labels = await readLabelCsv(path);
  const studies = new Map<string, boolean[]>();
  let unused = 0;
  for (const id of labels.ids) {
    const study = studyOfSlice.get(id);
    if (study === undefined) {
      unused++;
      continue;
    }
    const truth = studies.get(study) ?? LABELS.map(() => false);
    studies.set(study, truth);
    for (const label of labels.labelsOf(id) ?? []) truth[LABELS.indexOf(label)] = true;
  }
  const problems = [...labels.problems.counts].map(([kind, count]) => `${kind}: ${count}`);
  return { studies, unused, problems };
}

async function truthOfStudies(path: string, predicted: ReadonlySet<string>): Promise<Truth> {
  const remedy = `expected are the columns ID,Label or StudyInstanceUID and some of ${LABELS.join(', ')}`;
  const { header, rows, cell } = await readColumns(path, ['StudyInstanceUID'], remedy);
  const known = LABELS.filter((label) => header.includes(label));
  if (known.length === 0) {
    throw new IchorError({
      code: 'evaluate/unreadable',
      file: path,
      reason: 'has no column of a label',
      remedy,
    });
  }
  const studies = new Map<string, (boolean | undefined)[]>();
  let unused = 0;
  for (const [number, row] of rows.entries()) {
    const study = cell(row, 'StudyInstanceUID')!;
    if (!predicted.has(study)) unused++;
    studies.set(
      study,
      LABELS.map((label) => {
        const value = cell(row, label)?.trim();
        if (value === undefined || value === '') return undefined;
        if (value === '0' || value === '1') return value === '1';
        throw new IchorError({
          code: 'evaluate/bad-value',
          file: path,
          reason: `row ${number + 2}: ${label} is "${value}", neither 0 nor 1`,
          remedy: 'leave the cell empty where the truth is not known',
        });
      }),
    );
  }
  return { studies, unused, problems: [] };
}

/** The first kilobyte up to a line break: the file itself may be large. */
async function firstLine(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
      return buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0]!;
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new IchorError({
      code: 'evaluate/unreadable',
      file: path,
      reason: `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: 'give the CSV with the truth',
      cause,
    });
  }
}
