import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSampleSubmission } from '@ichor/dataset';
import { LABELS } from '@ichor/tables';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkSubmission, writeSubmission } from './submission-file.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-submission-'));
  path = join(folder, 'submission.csv');
});

/** The order of labels in the file of the challenge, which is not that of `LABELS`. */
const fileOrder = ['epidural', 'intraparenchymal', 'intraventricular', 'subarachnoid', 'subdural', 'any'];
async function sampleOf(...ids: string[]) {
  const rows = ids.flatMap((id) => fileOrder.map((label) => `${id}_${label},0.5`));
  const file = join(folder, 'sample.csv');
  await writeFile(file, `ID,Label\n${rows.join('\n')}\n`);
  return readSampleSubmission(file);
}
/** Probability of label l of the slice: 0.1 (l + 1). */
const six = LABELS.map((_, l) => 0.1 * (l + 1));
/** Rows of six labels to columns. */
const columns = (...rows: (readonly number[])[]) =>
  LABELS.map((_, l) => Float64Array.from(rows, (row) => row[l]!));

describe('writeSubmission', () => {
  it('keeps rows and order of the sample, fills with the smallest value, clips', async () => {
    const sample = await sampleOf('ID_00000000b', 'ID_00000000c', 'ID_00000000a');
    const predictions = {
      ids: ['ID_00000000a', 'ID_00000000b'],
      probabilities: columns(six, [0, 1, 0.5, 0.5, 0.5, 0.5]),
    };
    const summary = await writeSubmission(path, sample, predictions, 1e-6);
    expect(summary).toEqual({ rows: 18, slices: 3, filled: 1, clipped: 8 });
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines[0]).toBe('ID,Label');
    expect(lines[1]).toBe('ID_00000000b_epidural,0.999999');
    expect(lines[6]).toBe('ID_00000000b_any,0.000001');
    // The slice without a prediction takes the smallest predicted value, 0, clipped.
    expect(lines.slice(7, 13).map((line) => line.split(',')[1])).toEqual(Array(6).fill('0.000001'));
    expect(lines[13]).toBe('ID_00000000a_epidural,0.2');
    expect(lines[18]).toBe('ID_00000000a_any,0.1');
    await checkSubmission(path, sample);
  });

  it('refuses a prediction that is not a number, and writes nothing', async () => {
    const predictions = { ids: ['ID_00000000a'], probabilities: columns([...six.slice(1), NaN]) };
    await expect(
      writeSubmission(path, await sampleOf('ID_00000000a'), predictions, 1e-6),
    ).rejects.toMatchObject({ code: 'submission/not-finite' });
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('checkSubmission', () => {
  const good = (id: string) => fileOrder.map((label) => `${id}_${label},0.5`);
  it.each<[string, (rows: string[]) => string[], string]>([
    ['a row too few', (rows) => rows.slice(1), 'instead of'],
    ['a row too many', (rows) => [...rows, 'x,0'], 'more rows'],
    ['a missing last row', (rows) => rows.slice(0, -1), '5 rows; the sample has 6'],
    ['another order', (rows) => rows.reverse(), 'line 2'],
    ['a value above 1', (rows) => [rows[0]!.replace('0.5', '1.5'), ...rows.slice(1)], 'not a probability'],
    ['an empty value', (rows) => [rows[0]!.replace('0.5', ''), ...rows.slice(1)], 'not a probability'],
    ['NaN', (rows) => [rows[0]!.replace('0.5', 'NaN'), ...rows.slice(1)], 'not a probability'],
  ])('notices %s', async (_, spoil, message) => {
    const sample = await sampleOf('ID_00000000a');
    await writeFile(path, `ID,Label\n${spoil(good('ID_00000000a')).join('\n')}\n`);
    await expect(checkSubmission(path, sample)).rejects.toThrow(message);
  });
});
