export { keySlices } from './key-slices.js';
export { asJson, ResultWriter, type FailedStudy, type ResultOptions } from './output/result-writer.js';
export {
  StudyPredictor,
  type PredictedSlice,
  type PredictorOptions,
  type StudyPrediction,
} from './study-predictor.js';
