export { featureMaps, withFeatureMaps } from './feature-maps.js';
export { gradCam, type ActivationMap } from './grad-cam.js';
export { headGradient, headParameters } from './head-gradient.js';
