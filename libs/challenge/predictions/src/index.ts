export { alignPredictions, selectRows, type AlignedPredictions } from './align.js';
export { constantPredictor, mean, meanOfModels } from './ensembles.js';
export { PredictionsError, type PredictionsErrorCode } from './error.js';
export { meanOfSets } from './prediction-means.js';
export { selectSlices, type LabelColumns, type PredictionSet } from './prediction-set.js';
export { foldsPresent, readFold, readOutOfFold, readTestMean } from './read.js';
export { readAligned, type AlignedRead, type ReadPredictions } from './read-aligned.js';
export { labelScores, lossPerSlice, scorePredictions, type LabelScore, type Scores } from './scores.js';
