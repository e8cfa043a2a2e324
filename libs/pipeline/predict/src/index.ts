export {
  evaluateStudies,
  type LabelEvaluation,
  type Proportion,
  type StudyEvaluation,
} from './evaluation/evaluate.js';
export { readResults, type Results, type StudyResult } from './evaluation/read-results.js';
export { readTruth, type Truth } from './evaluation/read-truth.js';
export type { Headline } from './output/headline.js';
export { HEAT_MAP_CHOICES, type HeatMapChoice } from './heat-map.js';
export { keySlices } from './key-slices.js';
export { fingerprintInputs } from './input-fingerprint.js';
export { prepareNetworks, unpreparedNetworks, type PrepareOptions } from './prepare-networks.js';
export { ResultWriter, type ResultOptions, type WrittenStudy } from './output/result-writer.js';
export type { FailedStudy, NotPredicted } from './output/run-file.js';
export type { StudyRecord } from './output/study-record.js';
export { studyPage, type StudyPageOptions } from './output/study-page.js';
export {
  StudyPredictor,
  type PredictedSlice,
  type PredictorOptions,
  type StudyPrediction,
} from './study-predictor.js';
