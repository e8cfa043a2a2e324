export { calibrate, fitPlatt, logitOf, type PlattScaling } from './calibration/platt.js';
export { studyScore } from './calibration/study-score.js';
export { thresholdAtSensitivity, type Threshold } from './calibration/threshold.js';
export { createBundle, type BundleOptions } from './create.js';
export { BundleError } from './error.js';
export { bundleHash, canonical } from './identity.js';
export {
  BUNDLE_VERSION,
  manifestSchema,
  type BundledFile,
  type BundledNetwork,
  type BundledStacker,
  type BundledThreshold,
  type BundleManifest,
  type BundleScores,
} from './manifest.js';
export { openBundle, type Bundle } from './open.js';
export { trainedNetworks, type SkippedFold, type TrainedNetwork } from './trained-folds.js';
