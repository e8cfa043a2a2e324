export { openStacker, type OpenStacker, type StackerParts } from './apply/open-stacker.js';
export { singleStudy } from './apply/single-study.js';
export { defineStacker, makeStacker } from './config/define.js';
export {
  cnn1Settings,
  cnn2Settings,
  convolutionFeatures,
  lgbmDemoSettings,
  lgbmSettings,
  mlpSettings,
  sequenceSettings,
} from './config/presets.js';
export { stackerSchema, type SequenceStacker, type Stacker, type StackerApp } from './config/schema.js';
export type { SequenceAnswer } from './sequence/answer.js';
export type { Embedding } from './sequence/series.js';
export { StackingError, type StackingErrorCode } from './error.js';
export { computeFeatures } from './features/compute.js';
export { PREDICTION_FEATURES } from './features/names.js';
export { orderSlices, type OrderedSlices } from './slices/ordered-slices.js';
export type { StackingEvents } from './train/events.js';
export { stackerFiles } from './train/files.js';
export {
  trainStackerFold,
  type StackerScores,
  type TrainStackerFoldOptions,
  type TrainStackerFoldResult,
} from './train/train-stacker-fold.js';
