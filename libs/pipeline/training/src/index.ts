export {
  eightBitComparisonSchema,
  readEightBitRecord,
  writeEightBitRecord,
  type EightBitComparison,
  type EightBitRecord,
} from './eight-bit/record.js';
export { TrainingError, type TrainingErrorCode } from './error.js';
export { baseModelFiles } from './files.js';
export {
  predictFold,
  type PredictFoldOptions,
  type PredictionEvents,
  type SetPrediction,
} from './predict/predict-fold.js';
export { readWeights } from './predict/snapshot.js';
export type { TrainingEvents } from './train/events.js';
export { bestEpoch, isFinished, readHistory, type EpochRecord, type History } from './train/history.js';
export { trainFold, type TrainFoldOptions, type TrainFoldResult } from './train/train-fold.js';
