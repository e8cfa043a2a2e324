import { float32, float64, int8, nullableFloat32, nullableFloat64, utf8 } from '../column.js';
import { defineTable } from '../schema.js';
import { labelColumns } from './label-columns.js';

const slice = {
  ID: utf8('Identifier of the slice; the rows are sorted by it'),
  labels: utf8('Positive labels, separated by spaces; empty for none'),
  PatientID: utf8('(0010,0020)'),
  StudyInstanceUID: utf8('(0020,000D)'),
  SeriesInstanceUID: utf8('(0020,000E)'),
  WindowCenter: nullableFloat64("The file's own window, first value, as an integer", 'HU'),
  WindowWidth: nullableFloat64("The file's own window, first value, as an integer", 'HU'),
  RescaleIntercept: float64('(0028,1052)', 'HU'),
  RescaleSlope: float64('(0028,1053)', 'HU per stored value'),
  Position3: float64('ImagePositionPatient (0020,0032), third value', 'mm'),
  PositionOrd: float64('Rank of the position in the series (ties: average rank) / slices of the series'),
  LeftLabel: utf8('Labels of the slice before this one in the series; empty at the edge'),
  RightLabel: utf8('Labels of the slice after this one in the series; empty at the edge'),
  ...labelColumns('target', (label) =>
    nullableFloat32(
      `Target for ${label}: 0 or 1, in the custom set also 0.3; null in the test set`,
      'probability',
    ),
  ),
};

const foldColumn = { fold: int8('Validation fold of the slice, 0 to 4') };

/** The data set of training or testing: one row per slice that is kept. */
export const datasetTable = defineTable('dataset', 1, 'One row per slice that is used', slice);

/** The training set with its folds. */
export const foldsTable = defineTable('folds', 1, 'The training set with its folds', {
  ...slice,
  ...foldColumn,
});

/** The folds with smoothed targets and the share of brain in the slice. */
export const labelSmoothTable = defineTable('label-smooth', 1, 'The folds with smoothed targets', {
  ...slice,
  ...foldColumn,
  ...labelColumns('smooth', (label) =>
    float32(`Target for ${label}, mean over the slice and its neighbours in the series`, 'probability'),
  ),
  brain_region_rate: float64('Share of pixels with 0 <= HU <= 80, after the pixel-representation fix'),
});
