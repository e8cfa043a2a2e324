export { plainGeometry, type Crop, type Geometry } from './geometry.js';
export {
  drawAugmentation,
  noAugmentation,
  type Augmentation,
  type AugmentationPolicy,
  type RandomResizedCrop,
  type RandomTrim,
} from './policy.js';
export { imagenetStatistics, render, type ChannelNormalization, type Normalization } from './render.js';
export {
  windowImage,
  type ChannelStatistics,
  type WindowBounds,
  type WindowedImage,
} from './windowed-image.js';
