export { reliabilityOf, rocOf } from './charts/evaluation-charts.js';
export { validationChart } from './charts/learning-chart.js';
export { writeTrainingReport, type PageOptions } from './page/write-report.js';
export { evaluate, type Evaluation } from './predictions/evaluation.js';
export { readLearningCurves, type LearningCurve } from './predictions/learning-curves.js';
export { TrainingSet, type SlicePlace } from './predictions/training-set.js';
export {
  readTrainingReport,
  type ModelReport,
  type PlacedMistake,
  type TrainingReport,
  type TrainingReportOptions,
} from './training-report.js';
