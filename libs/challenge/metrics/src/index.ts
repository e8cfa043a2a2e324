export { averagePrecision } from './average-precision.js';
export {
  brierScore,
  calibrationBins,
  expectedCalibrationError,
  type CalibrationBin,
  type CalibrationOptions,
} from './calibration.js';
export type { Values } from './columns.js';
export { proportionInterval, rocAucInterval, type Interval } from './intervals.js';
export { logLoss, logLossPerLabel, weightedLogLoss, type LogLossOptions } from './log-loss.js';
export { PatientBootstrap, type DrawnInterval } from './patient-bootstrap.js';
export {
  rocAuc,
  rocAucMacro,
  rocAucMicro,
  rocCurve,
  sensitivityAtSpecificity,
  type OperatingPoint,
  type RocCurve,
} from './roc.js';
