import { readFileSync } from 'node:fs';
import { LABELS } from '@ichor/tables';
import { describe, expect, it } from 'vitest';
import { alignPredictions } from '@ichor/predictions';
import { orderSlices } from '../slices/ordered-slices.js';
import { computeFeatures, selectionColumns } from './compute.js';
import { PREDICTION_FEATURES } from './names.js';

interface Fixture {
  readonly study: readonly string[];
  readonly patient: readonly string[];
  readonly features: Readonly<Record<string, readonly (number | null)[]>>;
}
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/features.json', import.meta.url), 'utf8'),
) as Fixture;

const rows = fixture.study.length;
const slices = orderSlices({
  ID: fixture.study.map((_, row) => `ID_${String(row).padStart(3, '0')}`),
  PatientID: fixture.patient,
  StudyInstanceUID: fixture.study,
  SeriesInstanceUID: fixture.study,
  Position3: Float64Array.from(fixture.study, (_, row) => row),
  PositionOrd: Float64Array.from(fixture.study, (_, row) => row / 100),
});
const p = Float32Array.from(fixture.features['prediction'] ?? [], (value) => value ?? NaN);
/** The fixture's column for every label of `model`, scaled by the label's number where asked. */
const predictions = (models: readonly string[]) =>
  alignPredictions(
    models,
    models.map(() => LABELS.map(() => p.slice())),
  );

describe('computeFeatures', () => {
  const selection = { models: ['m'], features: PREDICTION_FEATURES, positionOrd: false };
  const matrix = computeFeatures(slices, predictions(['m']), selection);

  it.each(PREDICTION_FEATURES)('%s has the values of pandas', (feature) => {
    const column = matrix.names.indexOf(`m/subdural/${feature}`);
    for (let row = 0; row < rows; row++) {
      const expected = fixture.features[feature]?.[row] ?? NaN;
      const value = matrix.data[row * matrix.names.length + column]!;
      // Oracle: fixtures/make_features.py. Values are rounded to float32 (6e-8), quotients of tiny numbers lose a bit more.
      const scale = Math.max(1, Math.abs(expected));
      expect(Number.isNaN(value), `row ${row}: ${value}, expected ${expected}`).toBe(Number.isNaN(expected));
      if (!Number.isNaN(expected)) expect(Math.abs(value - expected) / scale).toBeLessThan(2e-7);
    }
  });

  it('names every column by model, label and feature', () => {
    expect(matrix.names).toHaveLength(6 * PREDICTION_FEATURES.length);
    expect(matrix.names[0]).toBe('m/any/prediction');
    expect(new Set(matrix.names).size).toBe(matrix.names.length);
    expect(
      selectionColumns({
        models: ['a', 'b'],
        features: ['prediction', 'study-max'],
        positionOrd: true,
      }).slice(-3),
    ).toEqual(['b/intraparenchymal/prediction', 'b/intraparenchymal/study-max', 'b/PositionOrd']);
  });

  it('computes a selection as a part of the whole', () => {
    const few = computeFeatures(slices, predictions(['m', 'n']), {
      models: ['n'],
      features: ['rolling-std-7', 'prediction'],
      positionOrd: true,
    });
    for (let row = 0; row < rows; row++) {
      const at = row * few.names.length + few.names.indexOf('n/any/rolling-std-7');
      const whole = row * matrix.names.length + matrix.names.indexOf('m/any/rolling-std-7');
      expect(few.data[at]).toBe(matrix.data[whole]);
      expect(few.data[(row + 1) * few.names.length - 1]).toBe(Math.fround(row / 100));
    }
  });

  it('never looks beyond the patient: other predictions elsewhere change nothing', () => {
    const changed = predictions(['m']);
    // Patient c is rows 15 to 19.
    for (const column of changed.columns[0] ?? []) column.fill(0.9, 15, 20);
    const other = computeFeatures(slices, changed, selection);
    const width = matrix.names.length;
    expect(other.data.subarray(0, 15 * width)).toEqual(matrix.data.subarray(0, 15 * width));
    expect(other.data.subarray(20 * width)).toEqual(matrix.data.subarray(20 * width));
    expect(other.data).not.toEqual(matrix.data);
  });
});
