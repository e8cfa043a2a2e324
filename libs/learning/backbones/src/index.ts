export { createBackbone, isBackboneId, type BackboneOptions } from './create.js';
export {
  backboneIds,
  type BackboneDescription,
  type BackboneId,
  type PublishedWeights,
} from './description.js';
export { backbones } from './registry.js';
