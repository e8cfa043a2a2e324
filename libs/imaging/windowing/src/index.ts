export { applyWindows } from './apply.js';
export type { NarrowValues, Pixels, StoredValues, WideValues } from './pixels.js';
export {
  IMAGENET,
  MIN_MAX_IMAGENET,
  POLICY_1,
  POLICY_2,
  withImageNet,
  type ChannelPlan,
  type WindowPlan,
} from './plan.js';
export { BRAIN, SOFT_TISSUE, SUBDURAL, windowBounds, type Window } from './window.js';
