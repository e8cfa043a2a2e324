import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readLabelCsv, readSampleSubmission } from './index.js';

let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'ichor-labels-')), 'labels.csv');
});

const order = ['epidural', 'intraparenchymal', 'intraventricular', 'subarachnoid', 'subdural', 'any'];
const rows = (id: string, ...positive: string[]) =>
  order.map((label) => `${id}_${label},${positive.includes(label) ? 1 : 0}`);

describe('readLabelCsv', () => {
  it('keeps the order of the rows, with any line ending', async () => {
    const lines = ['ID,Label', ...rows('ID_0a', 'any', 'subdural', 'epidural'), ...rows('ID_0b')];
    for (const newline of ['\n', '\r\n']) {
      await writeFile(path, lines.join(newline) + newline.repeat(2));
      const labels = await readLabelCsv(path);
      expect(labels.ids).toEqual(['ID_0a', 'ID_0b']);
      expect(labels.labelsOf('ID_0a')).toEqual(['epidural', 'subdural', 'any']);
      expect(labels.labelsOf('ID_0b')).toEqual([]);
      expect(labels.labelsOf('ID_0c')).toBeUndefined();
      expect(labels.problems.total).toBe(0);
    }
  });

  it('reads lines that span two chunks of the stream', async () => {
    // 60,000 rows of about 27 bytes: more than one chunk of a megabyte.
    const count = 10_000;
    const lines = Array.from({ length: count }, (_, i) =>
      rows(`ID_${i.toString(16)}`, ...(i % 3 === 0 ? ['any', 'subarachnoid'] : [])),
    );
    await writeFile(path, ['ID,Label', ...lines.flat()].join('\n'));
    const labels = await readLabelCsv(path);
    expect(labels.ids).toHaveLength(count);
    expect(labels.problems.total).toBe(0);
    for (let i = 0; i < count; i++)
      expect(labels.labelsOf(`ID_${i.toString(16)}`)?.length).toBe(i % 3 === 0 ? 2 : 0);
  });

  it('repeats a repeated row in the list of the draw, and nowhere else', async () => {
    const lines = ['ID,Label', ...rows('ID_1', 'any'), ...rows('ID_2'), 'ID_1_any,1', 'ID_1_subdural,0'];
    await writeFile(path, lines.join('\n'));
    const labels = await readLabelCsv(path);
    expect(labels.listedLabelsOf('ID_1')).toEqual(['any', 'any']);
    expect(labels.labelsOf('ID_1')).toEqual(['any']);
    expect(labels.problems.first).toEqual([
      { kind: 'repeated-row', line: 14, detail: 'ID_1_any is repeated' },
      { kind: 'repeated-row', line: 15, detail: 'ID_1_subdural is repeated' },
    ]);
  });

  it('reports bad rows by line and continues', async () => {
    const lines = [
      'ID,Label',
      ...rows('ID_1', 'any'), // 2..7
      'ID_xyz_any,1', // 8
      'ID_1_fracture,1', // 9
      'rubbish', // 10
      'ID_2_any,1', // 11
      '_any,1', // 12
    ];
    await writeFile(path, lines.join('\n'));
    const { problems, ids, labelsOf } = await readLabelCsv(path).then((set) => ({
      problems: set.problems,
      ids: set.ids,
      labelsOf: set.labelsOf.bind(set),
    }));
    expect(problems.first.map(({ kind, line }) => `${line} ${kind}`)).toEqual([
      '8 malformed-id',
      '9 unknown-label',
      '10 malformed-row',
      '12 malformed-row',
      '11 missing-labels',
    ]);
    expect(problems.first.at(-1)?.detail).toBe(
      'ID_2 has no row for epidural, subdural, subarachnoid, intraventricular, intraparenchymal; none of its labels is used',
    );
    expect(ids).toEqual(['ID_1']);
    expect(labelsOf('ID_1')).toEqual(['any']);
    // A missing label is not negative: the other five labels are unknown.
    expect(labelsOf('ID_2')).toBeUndefined();
  });

  // pandas: df.astype(float).to_csv, df.astype(bool).to_csv; a spreadsheet; csv.QUOTE_ALL.
  it.each<[string, string, string, (row: string) => string]>([
    ['numbers with a point', '1.0', '0.0', (row) => row],
    ['truth values of Python', 'True', 'False', (row) => row],
    ['truth values of a spreadsheet', 'TRUE', 'FALSE', (row) => row],
    ['spaces around', ' 1 ', ' 0', (row) => row],
    ['quotes', '1', '0', (row) => row.replace(/[^,]+/g, '"$&"')],
    ['quotes around the names alone', '1', '0', (row) => row.replace(/[^,]+/, '"$&"')],
  ])('reads %s', async (_, one, zero, written) => {
    const lines = [...rows('ID_0a', 'any', 'subdural'), ...rows('ID_0b')].map((row) =>
      written(row.replace(/,1$/, `,${one}`).replace(/,0$/, `,${zero}`)),
    );
    await writeFile(path, [written('ID,Label'), ...lines].join('\r\n'));
    const labels = await readLabelCsv(path);
    expect(labels.labelsOf('ID_0a')).toEqual(['subdural', 'any']);
    expect(labels.labelsOf('ID_0b')).toEqual([]);
    expect(labels.problems.total).toBe(0);
  });

  it.each([
    ['a word', 'maybe', 'is "maybe", which is neither 0 nor 1'],
    ['nothing', '', 'is "", which is neither 0 nor 1'],
    ['a probability', '0.5', 'neither 0 nor 1'],
    ['a number of slices', '2', 'neither 0 nor 1'],
    ['minus one', '-1', 'neither 0 nor 1'],
    ['no number', 'nan', 'neither 0 nor 1'],
    ['0 after 1', '0\nID_0a_any,1', 'ID_0a_any was 0 before, now 1'],
  ])('stops at %s where 0 or 1 belongs', async (_, value, reason) => {
    const lines = ['ID,Label', ...rows('ID_0a'), ...rows('ID_0b', 'any')];
    await writeFile(path, lines.join('\n').replace('ID_0a_any,0', `ID_0a_any,${value}`));
    await expect(readLabelCsv(path)).rejects.toMatchObject({
      code: 'dataset/labels-malformed',
      file: path,
      reason: expect.stringContaining(reason),
    });
  });

  it('stops at a kind of bleed where "any" is 0, and counts such rows', async () => {
    const lines = ['ID,Label', ...rows('ID_0a', 'subdural'), ...rows('ID_0b', 'epidural')];
    await writeFile(path, lines.join('\n'));
    await expect(readLabelCsv(path)).rejects.toMatchObject({
      reason: 'line 2: ID_0a has a kind of bleed, but its "any" is 0; 2 such rows in all',
    });
  });

  it('stops where no slice has all its labels, because one is misspelt in all rows', async () => {
    await writeFile(
      path,
      ['ID,Label', ...rows('ID_0a'), ...rows('ID_0b')].join('\n').replaceAll('_any', '_all'),
    );
    await expect(readLabelCsv(path)).rejects.toMatchObject({ code: 'dataset/labels-malformed' });
  });

  it('refuses a missing file, another header, a file without rows', async () => {
    await expect(readLabelCsv(path)).rejects.toMatchObject({ code: 'dataset/labels-missing', file: path });
    await writeFile(path, 'name,value\nID_1_any,1\n');
    await expect(readLabelCsv(path)).rejects.toMatchObject({ code: 'dataset/labels-malformed' });
    await writeFile(path, 'ID,Label\n');
    await expect(readLabelCsv(path)).rejects.toThrow('no row');
  });
});

describe('readSampleSubmission', () => {
  it('keeps the rows in their order', async () => {
    await writeFile(path, 'ID,Label\nID_b_any,0.5\nID_a_subdural,0.5\nID_b_epidural,0.5\n');
    const { ids, slice, label } = await readSampleSubmission(path);
    expect(ids).toEqual(['ID_b', 'ID_a']);
    expect([...slice]).toEqual([0, 1, 0]);
    expect([...label]).toEqual([0, 2, 1]);
  });

  it('refuses a row that belongs to no slice: the submission would lack it', async () => {
    await writeFile(path, 'ID,Label\nID_b_any,0.5\nID_b_al,0.5\n');
    await expect(readSampleSubmission(path)).rejects.toMatchObject({
      code: 'dataset/labels-malformed',
      reason: expect.stringContaining('line 3'),
    });
  });
});
