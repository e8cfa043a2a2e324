export {
  makeDataset,
  RAW_COLUMNS,
  smoothColumns,
  targetColumns,
  type Dataset,
  type DatasetOptions,
  type RawColumns,
} from './dataset.js';
export { DatasetError } from './error.js';
export { LabelSet, readLabelCsv } from './label-csv.js';
export { LabelProblems, type LabelProblem, type LabelProblemKind } from './label-problems.js';
export { labelValue } from './label-value.js';
export { readSampleSubmission, type SampleSubmission } from './sample-submission.js';
export {
  eachSeries,
  neighbours,
  positionOrd,
  seriesOrder,
  type SlicePositions,
  type SeriesOrder,
} from './series-order.js';
export {
  hardTargets,
  SOFT_TARGET,
  smoothedTargets,
  softTargets,
  unknownTargets,
  type Targets,
} from './targets.js';
