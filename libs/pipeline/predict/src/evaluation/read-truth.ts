import { open } from 'node:fs/promises';
import { labelValue, readLabelCsv } from '@ichor/dataset';
import { IchorError, messageOf, present, printableLine } from '@ichor/files';
import { LABELS } from '@ichor/tables';
import { readColumns } from './columns-of.js';
import type { Results } from './read-results.js';

/** Which studies are positive, and for which labels. */
export interface Truth {
  /** StudyInstanceUID to one value a label; undefined where the file does not tell. */
  readonly studies: ReadonlyMap<string, readonly (boolean | undefined)[]>;
  /** The key that matched the rows to the results: names of files only if no SOPInstanceUID matches. */
  readonly matchedBy: 'StudyInstanceUID' | 'SOPInstanceUID' | 'file name';
  /** If nothing matches: one identifier of the truth and one of the results. */
  readonly misfit?: string;
  /** Slices, or studies, that were not predicted. */
  readonly unused: number;
  /** Studies of which some slices have no truth: they are positive where a slice is, and never known to be negative. */
  readonly partly: number;
  /** The errors in the rows of slices, by kind. */
  readonly problems: readonly string[];
}

/**
 * Reads the truth, of slices or of studies, as the header tells:
 *
 * - `ID,Label`: rows `ID_<hex>_<label>,0|1` as in the challenge, whose files have `ID_<hex>` as SOPInstanceUID. A study is
 *   positive when one of the slices is that were read, and negative when all of them are known to be.
 * - `StudyInstanceUID` and a column with 0 or 1 for some or all labels. A kind of bleed is a bleed: where it is 1, so is `any`.
 *
 * What is missing is not known; it is never negative.
 *
 * @throws IchorError `evaluate/unreadable`, `evaluate/bad-value` for what cannot be: another value, a study that is positive
 *   in one row and negative in another, a kind of bleed where `any` is 0; DatasetError
 */
export async function readTruth(path: string, results: Results): Promise<Truth> {
  const header = await firstLine(path);
  return /^\ufeff?ID,Label\s*$/i.test(header)
    ? truthOfSlices(path, results)
    : truthOfStudies(path, new Set(results.studies.map(({ studyInstanceUid }) => studyInstanceUid)));
}

async function truthOfSlices(path: string, { studyOfSlice: bySlice, studyOfFile }: Results): Promise<Truth> {
  const labels = await readLabelCsv(path);
  const fits = (names: ReadonlyMap<string, string>) => labels.ids.some((id) => names.has(id));
  const byFile = !fits(bySlice) && fits(studyOfFile);
  const studyOfSlice = byFile ? studyOfFile : bySlice;
  const predicted = new Map<string, number>();
  // All slices, also those whose files have no name of their own: a study of which one is unknown is not negative.
  for (const study of bySlice.values()) predicted.set(study, (predicted.get(study) ?? 0) + 1);
  const known = new Map<string, { slices: number; readonly positive: boolean[] }>();
  let unused = 0;
  for (const id of labels.ids) {
    const positives = labels.labelsOf(id);
    // A slice with only some of the labels has no truth.
    if (positives === undefined) continue;
    const study = studyOfSlice.get(id);
    if (study === undefined) {
      unused++;
      continue;
    }
    const entry = known.get(study) ?? { slices: 0, positive: LABELS.map(() => false) };
    known.set(study, entry);
    entry.slices++;
    for (const label of positives) entry.positive[LABELS.indexOf(label)] = true;
  }
  const studies = new Map<string, readonly (boolean | undefined)[]>();
  let partly = 0;
  for (const [study, { slices, positive }] of known) {
    const whole = slices === predicted.get(study);
    if (!whole) partly++;
    studies.set(
      study,
      positive.map((one) => (one || whole ? one : undefined)),
    );
  }
  const problems = [...labels.problems.counts].map(([kind, count]) => `${kind}: ${count}`);
  const misfit = misfitOf('slice', labels.ids, bySlice.keys());
  return {
    studies,
    matchedBy: byFile ? 'file name' : 'SOPInstanceUID',
    ...(studies.size === 0 && misfit !== undefined ? { misfit } : {}),
    unused,
    partly,
    problems,
  };
}

/** Both files belong to the user, so one identifier of each is named. */
function misfitOf(what: string, truth: readonly string[], results: Iterable<string>): string | undefined {
  const [first] = truth;
  const [other] = results;
  if (first === undefined) return `the truth holds no ${what}`;
  if (other === undefined) return `the results hold no ${what}`;
  return `no ${what} of the truth is in the results: it calls them e.g. ${printableLine(first)}, the results ${printableLine(other)}`;
}

async function truthOfStudies(path: string, predicted: ReadonlySet<string>): Promise<Truth> {
  const remedy = `expected are the columns ID,Label or StudyInstanceUID and some of ${LABELS.join(', ')}`;
  const { header, rows, cell } = await readColumns(path, ['StudyInstanceUID'], remedy);
  const known = LABELS.filter((label) => header.includes(label));
  if (known.length === 0) {
    throw new IchorError({
      code: 'evaluate/unreadable',
      file: path,
      reason: 'has no column with a label',
      remedy,
    });
  }
  const studies = new Map<string, (boolean | undefined)[]>();
  for (const [number, row] of rows.entries()) {
    const bad = (reason: string, remedy: string) =>
      new IchorError({
        code: 'evaluate/bad-value',
        file: path,
        reason: `row ${number + 2}: ${reason}`,
        remedy,
      });
    const study = cell(row, 'StudyInstanceUID')?.trim() ?? '';
    if (study === '')
      throw bad('StudyInstanceUID is empty', 'say which study the row is about, or remove it');
    const truth = studies.get(study) ?? LABELS.map(() => undefined);
    studies.set(study, truth);
    addTruth(truth, study, (label) => cell(row, label)?.trim() ?? '', bad);
  }
  const unused = [...studies.keys()].filter((study) => !predicted.has(study)).length;
  const misfit = misfitOf('study', [...studies.keys()], predicted);
  return {
    studies,
    matchedBy: 'StudyInstanceUID',
    ...(unused === studies.size && misfit !== undefined ? { misfit } : {}),
    unused,
    partly: 0,
    problems: [],
  };
}

/** Adds what one row says of a study. @throws what `bad` makes of a contradiction */
function addTruth(
  truth: (boolean | undefined)[],
  study: string,
  cell: (label: string) => string,
  bad: (reason: string, remedy: string) => IchorError,
): void {
  for (const [index, label] of LABELS.entries()) {
    const value = cell(label);
    if (value === '') continue;
    const known = labelValue(value);
    if (known === undefined) {
      throw bad(
        `${label} is "${value.slice(0, 40)}", neither 0 nor 1`,
        'leave the cell empty where the truth is not known',
      );
    }
    const positive = known === 1;
    if (truth[index] !== undefined && truth[index] !== positive) {
      throw bad(`${label} of ${study} is ${known}, and another row says otherwise`, 'keep the right row');
    }
    truth[index] = positive;
  }
  const kind = LABELS.find((_, index) => index > 0 && truth[index]);
  if (kind === undefined) return;
  if (truth[0] === false) {
    throw bad(`${study} has ${kind} 1, but any 0`, 'any is 1 where a kind of bleed is');
  }
  truth[0] = true;
}

/** The first kilobyte up to a line break: the file itself may be large. */
async function firstLine(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
      return present(buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0]);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new IchorError({
      code: 'evaluate/unreadable',
      file: path,
      reason: `cannot be read: ${messageOf(cause)}`,
      remedy: 'give the CSV with the truth',
      cause,
    });
  }
}
