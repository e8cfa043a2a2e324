import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { alignPredictions } from '@ichor/predictions';
import { computeFeatures, orderSlices } from './index.js';

it('the first example of the README works', async () => {
  const table = {
    ID: ['ID_b', 'ID_a', 'ID_c'],
    PatientID: ['p', 'p', 'p'],
    StudyInstanceUID: ['s', 's', 's'],
    SeriesInstanceUID: ['r', 'r', 'r'],
    Position3: Float64Array.of(10, 5, 15),
    PositionOrd: Float64Array.of(2 / 3, 1 / 3, 1),
  };
  const six = (...values: number[]) => Array.from({ length: 6 }, () => Float32Array.from(values));

  const slices = orderSlices(table); // by study and position: ID_a, ID_b, ID_c
  const predictions = alignPredictions(['xception', 'senet154'], [six(0.25, 0.5, 0.75), six(0, 0.5, NaN)]);
  const matrix = computeFeatures(slices, predictions, {
    models: ['xception', 'senet154'],
    features: ['prediction', 'rolling-mean-3'],
    positionOrd: false,
  });

  expect(slices.ids).toEqual(['ID_a', 'ID_b', 'ID_c']);
  expect(matrix.names.slice(0, 2)).toEqual(['xception/any/prediction', 'xception/any/rolling-mean-3']);
  expect(predictions.filled).toEqual({ xception: 0, senet154: 1 });
  expect([...matrix.data.subarray(24, 26)]).toEqual([0.5, 0.5]);

  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  for (const line of [
    'const slices = orderSlices(table);',
    "const predictions = alignPredictions(['xception', 'senet154'],",
    "features: ['prediction', 'rolling-mean-3'],",
  ]) {
    expect(readme).toContain(line);
  }
});
