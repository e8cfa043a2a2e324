export { openStacker, type OpenStacker, type StackerParts } from './apply/open-stacker.js';
export { singleStudy } from './apply/single-study.js';
export { defineStacker, makeStacker, resolveStacker } from './config/define.js';
export {
  boundedFeatures,
  cnn1Settings,
  cnn2Settings,
  convolutionFeatures,
  lgbmSettings,
  mlpSettings,
  sequenceSettings,
  rollingFeatures,
} from './config/presets.js';
export {
  stackerSchema,
  type CnnStacker,
  type LgbmStacker,
  type MlpStacker,
  type Stacker,
  type StackerApp,
} from './config/schema.js';
export { StackingError, type StackingErrorCode } from './error.js';
export { computeFeatures, selectionColumns, type FeatureSelection } from './features/compute.js';
export {
  columnName,
  columnNames,
  PREDICTION_FEATURES,
  RATIOS,
  type PredictionFeature,
} from './features/names.js';
export { gatherNeighbours, stackNeighbours, type Neighbours } from './features/neighbours.js';
export { applyScaler, fitScaler, type Scaler, type ScalingKind } from './features/scaling.js';
export { cnnStacking1, cnnStacking2, type StackInput } from './networks/convolutions.js';
export { denseNetwork } from './networks/dense.js';
export {
  hardTargetColumns,
  orderSlices,
  type OrderedSlices,
  type SliceColumns,
} from './slices/ordered-slices.js';
export type { StackingEvents } from './train/events.js';
export { stackerFiles, type StackerFiles } from './train/files.js';
export { readFoldData, type FoldData, type Part } from './train/fold-data.js';
export {
  trainStackerFold,
  type StackerScores,
  type TrainStackerFoldOptions,
  type TrainStackerFoldResult,
} from './train/train-stacker-fold.js';
