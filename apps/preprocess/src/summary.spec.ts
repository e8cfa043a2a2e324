import { makeDataset } from '@ichor/dataset';
import { expect, it } from 'vitest';
import { summaryText } from './summary.js';

/** Three series of two slices each at these positions (mm). */
function summaryOf(positions: readonly number[]): string {
  const rows = positions.map((_, i) => i);
  const numbers = (value: (row: number) => number) => Float64Array.from(rows, value);
  const dataset = makeDataset({
    ID: rows.map((row) => `ID_${row}`),
    labels: rows.map(() => ''),
    PatientID: rows.map((row) => `ID_p${row >> 1}`),
    StudyInstanceUID: rows.map((row) => `ID_s${row >> 1}`),
    SeriesInstanceUID: rows.map((row) => `ID_r${row >> 1}`),
    WindowCenter: numbers(() => 40),
    WindowWidth: numbers(() => 80),
    RescaleIntercept: numbers(() => -1024),
    RescaleSlope: numbers(() => 1),
    Position3: numbers((row) => positions[row]!),
    brain_diff: numbers(() => 80),
    brain_region_rate: numbers(() => 0.2),
  });
  const images = { ids: dataset.columns.ID, leftOut: [] };
  return summaryText(
    [{ name: 'train', images, unreadable: [], resumed: 0, dataset }],
    undefined,
    5,
    undefined,
  );
}

it('says how many series have all slices at one position', () => {
  expect(summaryOf([0, 5, 7, 7, 0, 0])).toContain('train: 2 series have all their slices at one position');
  expect(summaryOf([0, 5, 7, 8, 0])).not.toContain('at one position');
});
