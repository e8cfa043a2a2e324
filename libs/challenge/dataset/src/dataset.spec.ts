import { describe, expect, it } from 'vitest';
import { makeDataset, smoothedTargets, softTargets, type RawColumns } from './index.js';

/** id, study, series, z, labels, range in the brain window */
type Row = [string, string, string, number, string, number?];

function raw(rows: readonly Row[]): RawColumns {
  const numbers = (value: (row: Row) => number) => Float64Array.from(rows, value);
  return {
    ID: rows.map(([id]) => id),
    labels: rows.map((row) => row[4]),
    PatientID: rows.map(() => 'p'),
    StudyInstanceUID: rows.map((row) => row[1]),
    SeriesInstanceUID: rows.map((row) => row[2]),
    WindowCenter: numbers(() => 40),
    WindowWidth: numbers(() => 80),
    RescaleIntercept: numbers(() => -1024),
    RescaleSlope: numbers(() => 1),
    Position3: numbers((row) => row[3]),
    brain_diff: numbers((row) => row[5] ?? 80),
    brain_region_rate: numbers((row) => row[3] / 100),
  };
}

const study: Row[] = [
  ['ID_5', 's', 'a', 30, 'subdural any'],
  ['ID_1', 's', 'a', 10, ''],
  ['ID_2', 's', 'a', 40, ''],
  ['ID_3', 's', 'a', 20, 'any'],
  ['ID_4', 's', 'a', 50, 'subdural any'],
];

describe('makeDataset', () => {
  it('sorts by ID and takes the neighbours from the position', () => {
    const { columns } = makeDataset(raw(study));
    expect(columns.ID).toEqual(['ID_1', 'ID_2', 'ID_3', 'ID_4', 'ID_5']);
    expect(columns.Position3).toEqual(Float64Array.of(10, 40, 20, 50, 30));
    expect(columns.PositionOrd).toEqual(Float64Array.of(0.2, 0.8, 0.4, 1, 0.6));
    expect(columns.LeftLabel).toEqual(['', 'subdural any', '', '', 'any']);
    expect(columns.RightLabel).toEqual(['any', 'subdural any', 'subdural any', '', '']);
    expect(columns.target_any).toEqual(Float32Array.of(0, 0, 1, 1, 1));
    expect(columns.target_subdural).toEqual(Float32Array.of(0, 0, 0, 1, 1));
  });

  it('leaves out slices without brain before it computes ranks and neighbours, and lists them', () => {
    const rows = study.map((row): Row => (row[0] === 'ID_3' ? ['ID_3', 's', 'a', 20, 'any', 60] : row));
    const { columns, dropped } = makeDataset(raw(rows));
    expect(dropped).toEqual([{ id: 'ID_3', reason: 'brain-window range is not above 60 HU' }]);
    expect(columns.ID).toEqual(['ID_1', 'ID_2', 'ID_4', 'ID_5']);
    expect(columns.PositionOrd).toEqual(Float64Array.of(0.25, 0.75, 1, 0.5));
    expect(columns.RightLabel).toEqual(['subdural any', 'subdural any', '', '']);
  });

  it('leaves out a slice without position', () => {
    const { dropped } = makeDataset(raw([['ID_1', 's', 'a', NaN, '']]));
    expect(dropped).toEqual([{ id: 'ID_1', reason: 'no ImagePositionPatient' }]);
  });

  it('gives slices at equal positions their average rank', () => {
    const { columns } = makeDataset(
      raw([
        ['ID_1', 's', 'a', 5, ''],
        ['ID_2', 's', 'a', 5, ''],
        ['ID_3', 's', 'a', 5, ''],
        ['ID_4', 's', 'a', 7, ''],
      ]),
    );
    expect(columns.PositionOrd).toEqual(Float64Array.of(0.5, 0.5, 0.5, 1));
  });

  it('separates studies, and the series of a study', () => {
    const { columns } = makeDataset(
      raw([
        ['ID_1', 's', 'a', 1, 'any'],
        ['ID_2', 's', 'b', 2, 'any'],
        ['ID_3', 't', 'a', 3, 'any'],
      ]),
    );
    expect(columns.PositionOrd).toEqual(Float64Array.of(1, 1, 1));
    expect(columns.LeftLabel).toEqual(['', '', '']);
  });

  it('has no targets for the test set', () => {
    const { columns } = makeDataset(raw(study), { test: true });
    expect([...columns.target_any]).toEqual([NaN, NaN, NaN, NaN, NaN]);
  });
});

describe('targets', () => {
  // Order by position: ID_1 (0), ID_3 (1), ID_5 (2), ID_2 (0), ID_4 (1); rows by ID.
  const { series, hard } = makeDataset(raw(study));

  it('are 0.3 between the first and the last positive slice', () => {
    const soft = softTargets(series, hard);
    const third = Math.fround(0.3);
    expect([...soft.any]).toEqual([0, third, 1, 1, 1]);
    expect([...soft.subdural]).toEqual([0, third, 0, 1, 1]);
    expect([...soft.epidural]).toEqual([0, 0, 0, 0, 0]);
  });

  it('are means over the neighbours', () => {
    const smooth = smoothedTargets(series, hard);
    // any in order of position: 0 1 1 0 1 -> 1/2 2/3 2/3 2/3 1/2
    const [half, twoThirds] = [0.5, Math.fround(2 / 3)];
    expect([...smooth.any]).toEqual([half, twoThirds, twoThirds, half, twoThirds]);
    const alone = makeDataset(raw([['ID_1', 's', 'a', 1, 'any']]));
    expect([...smoothedTargets(alone.series, alone.hard).any]).toEqual([1]);
  });
});
