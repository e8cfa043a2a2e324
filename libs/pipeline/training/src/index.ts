export { labelProbabilities } from './classes.js';
export { defineBaseModel, resolveModel } from './config/define.js';
export { demoSettings, featureFamily, singleSliceFamily } from './config/presets.js';
export { baseModelSchema, type BaseModel, type BaseModelApp, type Configurations } from './config/schema.js';
export { TrainingError, type TrainingErrorCode } from './error.js';
export { foldFiles, type FoldFiles } from './files.js';
export type { Unreadable } from './input/batches.js';
export { Preparer, type DecodedSlice, type SampleRequest } from './input/prepare.js';
export { inputRecipe, sampleSize, testTimePasses, type InputRecipe, type Variant } from './input/recipe.js';
export {
  predictFold,
  type PredictFoldOptions,
  type PredictionEvents,
  type SetPrediction,
} from './predict/predict-fold.js';
export { chooseSnapshot, readWeights, type ChosenSnapshot } from './predict/snapshot.js';
export type { StepRecord, TrainingEvents } from './train/events.js';
export { bestEpoch, readHistory, type EpochRecord, type History } from './train/history.js';
export { learningRate } from './train/schedule.js';
export { scorePredictions, type Scores } from './train/scores.js';
export { modelNetwork, trainFold, type TrainFoldOptions, type TrainFoldResult } from './train/train-fold.js';
