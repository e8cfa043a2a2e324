export { featureMaps, withFeatureMaps } from './heat-map/feature-maps.js';
export { gradCam, type ActivationMap } from './heat-map/grad-cam.js';
export { headGradient, headParameters } from './heat-map/head-gradient.js';
export { imageTensor } from './input/image-tensor.js';
export { Preparer, type DecodedSlice, type SampleRequest } from './input/prepare.js';
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
export { demoSettings, featureFamily, singleSliceFamily } from './settings/presets.js';
export {
  baseModelSchema,
  configurationSchema,
  type BaseModel,
  type BaseModelApp,
  type Configurations,
} from './settings/schema.js';
