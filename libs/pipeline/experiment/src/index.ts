export { readAppManifest, type AppManifest } from './app/app-manifest.js';
export { loadApp, type LoadedApp } from './app/load-app.js';
export { readEnsemble, type Ensemble, type EnsembleModel } from './ensemble/ensemble.js';
export { ExperimentError, type ExperimentErrorCode } from './error.js';
export { chosenFolds, FOLDS } from './folds.js';
