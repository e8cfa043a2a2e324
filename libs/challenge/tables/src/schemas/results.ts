import { float32, nullableFloat64, int32, utf8 } from '../column.js';
import { defineTable } from '../schema.js';
import { labelColumns } from './label-columns.js';

/** Predictions of new studies by a bundle: one row per slice. */
export const sliceResultsTable = defineTable(
  'slice-results',
  1,
  'One row per slice of the predicted studies',
  {
    StudyInstanceUID: utf8('(0020,000D)'),
    SeriesInstanceUID: utf8('(0020,000E)'),
    SOPInstanceUID: utf8('(0008,0018); empty where the file has none'),
    file: utf8('Where the slice was read'),
    slice: int32('Place in the study, from 1, from the feet to the head'),
    position: nullableFloat64('Along the slice normal; null where the files have no positions', 'mm'),
    ...labelColumns('raw', (label) => float32(`${label}, mean over the networks`, 'probability')),
    ...labelColumns('calibrated', (label) => float32(`${label}, calibrated`, 'probability')),
  },
);
