import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { labelColumns, LABELS, sliceResultsTable, writeTable } from '@ichor/tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvLine } from '../output/csv.js';
import { evaluateStudies, readResults, readTruth } from '../index.js';
import { csvRows } from './csv-rows.js';

let folder: string;
const at = (name: string) => join(folder, name);

/** Probabilities of `any` of five studies of two slices each; at or above 0.5 is "yes". The other labels are 0.1. */
const any = [0.9, 0.6, 0.4, 0.3, 0.2];
const uid = (study: number) => `1.2.${study}`;
const slice = (study: number, number: number) => `ID_${study}0000000${number}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-evaluation-'));
  const columns = ['calibrated', 'above_threshold'].flatMap((prefix) =>
    LABELS.map((label) => `${prefix}_${label}`),
  );
  const rows = any.map((p, study) => [
    uid(study),
    ...LABELS.map((_, label) => (label === 0 ? p : 0.1)),
    ...LABELS.map((_, label) => (label === 0 ? (p >= 0.5 ? 'yes' : 'no') : undefined)),
    'a gap, "about 2" missing\n',
  ]);
  await writeFile(
    at('studies.csv'),
    [['StudyInstanceUID', ...columns, 'warnings'], ...rows].map(csvLine).join(''),
  );
  const slices = any.flatMap((_, study) => [0, 1].map((number) => ({ study, id: slice(study, number) })));
  await writeTable(at('slices.arrow'), sliceResultsTable, {
    StudyInstanceUID: slices.map(({ study }) => uid(study)),
    SeriesInstanceUID: slices.map(() => '1'),
    SOPInstanceUID: slices.map(({ id }) => id),
    file: slices.map(({ id }) => `ct/${id.replace('ID_', 'ID_f')}.dcm`),
    slice: new Int32Array(slices.length),
    position: new Float64Array(slices.length),
    ...labelColumns('raw', () => new Float32Array(slices.length)),
    ...labelColumns('calibrated', () => new Float32Array(slices.length)),
  });
});
afterAll(() => rm(folder, { recursive: true }));

const evaluation = async (truth: string) => {
  await writeFile(at('truth.csv'), truth);
  const results = await readResults(folder);
  const read = await readTruth(at('truth.csv'), results);
  return {
    ...evaluateStudies(results, read),
    unused: read.unused,
    partly: read.partly,
    matchedBy: read.matchedBy,
    misfit: read.misfit,
  };
};

describe('evaluation of studies', () => {
  it('takes the truth of slices: a study is positive when one of its slices is', async () => {
    // Studies 0 and 2 are positive on one slice each; study 4 is not in the file, but a slice of another study is.
    const positive = new Set([slice(0, 1), slice(2, 0)]);
    const ids = [...[0, 1, 2, 3].flatMap((study) => [slice(study, 0), slice(study, 1)]), 'ID_900000000'];
    const rows = ids.flatMap((id) =>
      LABELS.map((label) => `${id}_${label},${positive.has(id) && label === 'any' ? 1 : 0}`),
    );
    const { studies, withoutTruth, unused, labels } = await evaluation(['ID,Label', ...rows].join('\n'));
    expect([studies, withoutTruth, unused]).toEqual([4, 1, 1]);
    const [first, second] = labels;
    // Positive 0.9 and 0.4, negative 0.6 and 0.3: three of four pairs are in order.
    expect(first).toMatchObject({ label: 'any', positives: 2, negatives: 2, auc: { value: 0.75 } });
    expect(first!.sensitivity).toMatchObject({ count: 1, of: 2, value: 0.5 });
    expect(first!.specificity).toMatchObject({ count: 1, of: 2, value: 0.5 });
    // (0.1² + 0.6² + 0.6² + 0.3²) / 4
    expect(first!.brier).toBeCloseTo(0.205, 12);
    expect(second).toMatchObject({
      positives: 0,
      negatives: 4,
      auc: null,
      sensitivity: null,
      specificity: null,
    });
  });

  it('reads the truth of studies, and leaves out labels without truth', async () => {
    const { studies, withoutTruth, unused, labels } = await evaluation(
      `StudyInstanceUID,reader,any,subdural\r\n${uid(0)},"a, b",1,\r\n${uid(1)},c,,1\r\n${uid(3)},,0,0\r\n9.9,,1,1\r\n`,
    );
    expect([studies, withoutTruth, unused]).toEqual([3, 2, 1]);
    // A kind of bleed is a bleed: study 1 is positive, 0.9 and 0.6 against 0.3.
    expect(labels[0]).toMatchObject({ positives: 2, negatives: 1, auc: { value: 1 } });
    // Both have 0.1: a tie counts half.
    expect(labels[2]).toMatchObject({ positives: 1, negatives: 1, auc: { value: 0.5 } });
    expect(labels[1]).toMatchObject({ positives: 0, negatives: 0, auc: null, brier: null });
  });

  it('finds slices by the names of their files where no SOPInstanceUID fits, and says so', async () => {
    const rows = (id: string, value: number) => LABELS.map((label) => `${id}_${label},${value}`);
    const file = (study: number, number: number) => slice(study, number).replace('ID_', 'ID_f');
    const truth = await evaluation(
      ['ID,Label', ...rows(file(0, 0), 1), ...rows(file(1, 0), 0), ...rows(file(1, 1), 0)].join('\n'),
    );
    expect(truth).toMatchObject({ studies: 2, matchedBy: 'file name', unused: 0, misfit: undefined });
    expect(truth.labels[0]).toMatchObject({ positives: 1, negatives: 1, auc: { value: 1 } });
    // One that fits is enough to read all others as identifiers.
    const mixed = await evaluation(['ID,Label', ...rows(slice(0, 0), 1), ...rows(file(1, 0), 0)].join('\n'));
    expect(mixed).toMatchObject({ studies: 1, matchedBy: 'SOPInstanceUID', unused: 1 });
  });

  it('names the studies and slices that do not match', async () => {
    const rows = LABELS.map((label) => `ID_abc_${label},1`);
    expect(await evaluation(['ID,Label', ...rows].join('\n'))).toMatchObject({
      studies: 0,
      misfit: `no slice of the truth is in the results: it calls them e.g. ID_abc, the results ${slice(0, 0)}`,
    });
    expect((await evaluation('StudyInstanceUID,any\n9.9,1\n')).misfit).toBe(
      `no study of the truth is in the results: it calls them e.g. 9.9, the results ${uid(0)}`,
    );
  });

  it('does not count a study without truth as negative', async () => {
    const rows = (id: string, ...positive: string[]) =>
      LABELS.map((label) => `${id}_${label},${positive.includes(label) ? 1 : 0}`);
    // Study 0: one slice of two, negative. Study 1: one of two, positive. Study 2: both, negative. Study 3: one whole and
    // one of which `subdural` alone is known.
    const truth = await evaluation(
      [
        'ID,Label',
        ...rows(slice(0, 0)),
        ...rows(slice(1, 1), 'any', 'epidural'),
        ...rows(slice(2, 0)),
        ...rows(slice(2, 1)),
        ...rows(slice(3, 0)),
        `${slice(3, 1)}_subdural,0`,
      ].join('\n'),
    );
    expect(truth).toMatchObject({ studies: 4, withoutTruth: 1, partly: 3 });
    expect(truth.labels[0]).toMatchObject({ positives: 1, negatives: 1 });
    expect(truth.labels[1]).toMatchObject({ positives: 1, negatives: 1 });
    expect(truth.labels[2]).toMatchObject({ positives: 0, negatives: 1 });
  });

  it('counts a study with two equal rows once, and stops where the two differ', async () => {
    const same = await evaluation(
      `StudyInstanceUID,any,subdural\n${uid(0)},1,\n${uid(0)},,0\n${uid(0)},1.0,0\n9,1,1\n9,1,1\n`,
    );
    expect([same.studies, same.unused]).toEqual([1, 1]);
    expect(same.labels[0]).toMatchObject({ positives: 1, negatives: 0 });
    expect(same.labels[2]).toMatchObject({ positives: 0, negatives: 1 });
    await expect(evaluation(`StudyInstanceUID,any\n${uid(0)},1\n${uid(0)},0\n`)).rejects.toMatchObject({
      code: 'evaluate/bad-value',
      reason: `row 3: any of ${uid(0)} is 0, and another row says otherwise`,
    });
    await expect(evaluation(`StudyInstanceUID,any,subdural\n${uid(0)},0,1\n`)).rejects.toThrow(
      'has subdural 1, but any 0',
    );
    await expect(evaluation('StudyInstanceUID,any\n,1\n')).rejects.toThrow('StudyInstanceUID is empty');
  });

  it('names the errors of a truth file', async () => {
    await expect(evaluation('study,any\n1,1\n')).rejects.toThrow('has no column StudyInstanceUID');
    await expect(evaluation('StudyInstanceUID,bleed\n1,1\n')).rejects.toThrow('has no column with a label');
    await expect(evaluation(`StudyInstanceUID,any\n${uid(0)},perhaps\n`)).rejects.toThrow(
      'row 2: any is "perhaps"',
    );
    const results = await readResults(folder);
    await expect(readTruth(at('none.csv'), results)).rejects.toMatchObject({ code: 'evaluate/unreadable' });
    await expect(readResults(at('nowhere'))).rejects.toThrow('give the folder that ichor predict wrote');
  });
});

describe('csvRows', () => {
  it('reads what csvLine writes', () => {
    const rows = [
      ['a,"b"', '', 'one line'],
      ['', 'x', ''],
    ];
    expect(csvRows(rows.map(csvLine).join(''))).toEqual(rows);
    expect(csvRows('"two\r\nlines",x\n')).toEqual([['two\r\nlines', 'x']]);
    expect(csvRows('\ufeffa,b\n\n1,2')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  it('reads rows that end in different ways', () => {
    expect(csvRows('a,b\r\n1,2\n3,"4"\r\n')).toEqual([
      ['a', 'b'],
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  it('refuses a quote that does not end or stands inside a cell, and shows no cell', () => {
    expect(() => csvRows('a\n"b')).toThrow(/^line 2 is not CSV$/);
    expect(() => csvRows('a\n"DOE"JOHN\n')).toThrow(/^line 2 is not CSV$/);
    expect(() => csvRows('a\nDOE"JOHN\n')).toThrow(/^line 2 is not CSV$/);
  });
});
