import { join } from 'node:path';
import { IchorError, present, printableLine } from '@ichor/files';
import { LABELS, readTable, sliceResultsTable } from '@ichor/tables';
import { readColumns } from './columns-of.js';

export interface StudyResult {
  readonly studyInstanceUid: string;
  /** Six probabilities, in the order of `LABELS`. */
  readonly calibrated: readonly number[];
  /** Whether they are at or above the threshold of the bundle; undefined where it has none. */
  readonly above: readonly (boolean | undefined)[];
}

/** The part of the results of `ResultWriter` that is compared with the truth. */
export interface Results {
  readonly studies: readonly StudyResult[];
  /** SOPInstanceUID to StudyInstanceUID of every slice that was read. */
  readonly studyOfSlice: ReadonlyMap<string, string>;
  /** The same by the name of the file, without folder and extension; names that occur twice are left out. */
  readonly studyOfFile: ReadonlyMap<string, string>;
}

/** @throws IchorError `evaluate/unreadable` for a folder without results, or with probabilities that are not numbers */
export async function readResults(folder: string): Promise<Results> {
  const remedy = 'give the folder that ichor predict wrote';
  const needed = ['StudyInstanceUID', ...LABELS.map((label) => `calibrated_${label}`)];
  const { rows, cell } = await readColumns(join(folder, 'studies.csv'), needed, remedy);
  const studies = rows.map((row): StudyResult => ({
    studyInstanceUid: present(cell(row, 'StudyInstanceUID')),
    calibrated: LABELS.map((label) => probability(cell(row, `calibrated_${label}`), folder)),
    above: LABELS.map((label) => {
      const flag = cell(row, `above_threshold_${label}`);
      return flag === 'yes' ? true : flag === 'no' ? false : undefined;
    }),
  }));
  const { columns } = await readTable(join(folder, 'slices.arrow'), sliceResultsTable, {
    columns: ['SOPInstanceUID', 'StudyInstanceUID', 'file'],
  });
  const studyOfSlice = new Map(
    // Studies have the names of studies.csv, where invisible characters are escaped.
    columns.SOPInstanceUID.map((slice, row) => [
      slice,
      printableLine(present(columns.StudyInstanceUID[row])),
    ]),
  );
  const studyOfFile = new Map<string, string>();
  const twice = new Set<string>();
  columns.file.forEach((file, row) => {
    const name = nameOf(file);
    if (studyOfFile.has(name)) twice.add(name);
    studyOfFile.set(name, printableLine(present(columns.StudyInstanceUID[row])));
  });
  for (const name of twice) studyOfFile.delete(name);
  return { studies, studyOfSlice, studyOfFile };
}

/** `ID_1` of `archive.zip/ct/ID_1.dcm`. */
function nameOf(file: string): string {
  return file.replace(/^.*[/\\]/s, '').replace(/\.(dcm|dicom|ima)$/i, '');
}

/** An empty cell is not a probability of 0. */
function probability(text: string | undefined, folder: string): number {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new IchorError({
    code: 'evaluate/unreadable',
    file: join(folder, 'studies.csv'),
    reason: `"${(text ?? '').slice(0, 40)}" is not a probability`,
    remedy: 'predict again',
  });
}
