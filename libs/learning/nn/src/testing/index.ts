export {
  referenceLoss,
  referenceOutput,
  referenceValues,
  type ReferenceMode,
  type ReferenceState,
} from './reference.js';
export { channelStatistics } from './rules.js';
export { tensor64, toTensor64, type Tensor64 } from './tensor64.js';
