export { createGbdtEngine, type GbdtEngineOptions } from './create.js';
export type { GbdtDataset, GbdtEngine, GbdtEngineName, GbdtModel, GbdtTrainOptions } from './engine.js';
export { GbdtError, type GbdtErrorCode } from './error.js';
export { locateLibrary } from './lightgbm/locate.js';
export type { FeatureMatrix } from './matrix.js';
export { type GbdtParameters } from './parameters.js';
export { parseTreeModel, type TreeModel } from './tree-model.js';
