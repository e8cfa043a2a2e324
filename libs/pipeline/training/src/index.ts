export { TrainingError, type TrainingErrorCode } from './error.js';
export { baseModelFiles, type BaseModelFiles } from './files.js';
export type { Unreadable } from './input/batches.js';
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
export { trainFold, type TrainFoldOptions, type TrainFoldResult } from './train/train-fold.js';
