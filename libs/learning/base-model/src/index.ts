export { featureMaps, withFeatureMaps } from './heat-map/feature-maps.js';
export { gradCam, type ActivationMap } from './heat-map/grad-cam.js';
export { heatMapOf, type ExplainableNetwork } from './heat-map/heat-map.js';
export { headParameters } from './heat-map/head-gradient.js';
export { imageTensor } from './input/image-tensor.js';
export { hounsfieldSlice, type DecodedSlice } from './input/hounsfield.js';
export { withNeighbours } from './input/neighbours.js';
export { Preparer, type DecodedPlane, type PlaneCache, type SampleRequest } from './input/prepare.js';
export {
  inputRecipe,
  sampleSize,
  testTimePasses,
  type InputRecipe,
  type Variant,
  channelsPerSlice,
} from './input/recipe.js';
export { classCount, trainingLoss, classTargets, labelProbabilities } from './network/classes.js';
export { modelNetwork } from './network/network.js';
export { defineBaseModel, resolveModel } from './settings/define.js';
export { trainingSettings } from './settings/influence.js';
export { outputBiasOf } from './settings/output-bias.js';
export { demoSettings, featureFamily, sequenceFamily, singleSliceFamily } from './settings/presets.js';
export { fromScratch } from './settings/recipes.js';
export {
  baseModelSchema,
  configurationSchema,
  type BaseModel,
  type BaseModelApp,
  type Configurations,
} from './settings/schema.js';
