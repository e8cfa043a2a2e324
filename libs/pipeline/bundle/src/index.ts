export { calibrate, type PlattScaling } from './calibration/platt.js';
export { createBundle, type BundleOptions } from './create.js';
export { BundleError } from './error.js';
export { bundleHash, canonical } from './identity.js';
export { STUDY_SCORES, type BundledNetwork, type BundledStacker, type BundleManifest } from './manifest.js';
export { openBundle, type Bundle } from './open.js';
export { decisionsOf, separationOf, separationWarning, type Separation } from './separation.js';
export { trainedNetworks, type SkippedFold, type TrainedNetwork } from './trained-folds.js';
