export type { Crop, Geometry } from './geometry.js';
export {
  drawAugmentation,
  noAugmentation,
  type Augmentation,
  type AugmentationPolicy,
  type RandomResizedCrop,
  type RandomTrim,
} from './policy.js';
export { render } from './render.js';
