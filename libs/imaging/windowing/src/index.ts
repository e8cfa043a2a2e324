export { applyWindows, type Pixels } from './apply.js';
export {
  channelScales,
  imagenetStatistics,
  type ChannelMoments,
  type ChannelNormalization,
  type ChannelScale,
  type ChannelStatistics,
  type Normalization,
} from './normalization.js';
export {
  brainSubduralBonePlan,
  brainSubduralFilePlan,
  brainSubduralSoftTissuePlan,
  stretchedToRange,
  withImagenetStatistics,
  type ChannelPlan,
  type WindowPlan,
} from './plan.js';
export type { PixelValues } from './values.js';
export {
  boneWindow,
  brainWindow,
  softTissueWindow,
  subduralWindow,
  windowBounds,
  type Window,
  type WindowBounds,
} from './window.js';
export { channelPlane, windowSlice, type WindowedSlice } from './windowed-slice.js';
