export { NetworkBuilder } from './builder.js';
export {
  elementwiseOf,
  elementwiseRules,
  isElementwise,
  type Elementwise,
  type ElementwiseAttributes,
  type ElementwiseName,
} from './elementwise/operators.js';
export { exportOnnx } from './export.js';
export { describeOnnx, type OnnxDescription } from './onnx/describe.js';
export type { SplitModel } from './onnx/model.js';
export type { Range } from './eight-bit/encoding.js';
export type { Ranges } from './eight-bit/quantize.js';
export { countUses, liveNodes } from './inference/fold.js';
export {
  lowerInference,
  lowerObserved,
  lowerSplitInference,
  outputValue,
  type InferenceLowering,
} from './inference/lower.js';
export { identityStart } from './identity-start.js';
export { initialize, initializeOnDemand, type ConvolutionStart } from './initialize.js';
export {
  decays,
  isLearned,
  type Network,
  type NetworkInput,
  type NetworkNode,
  type Parameter,
  type ParameterKind,
  type ValueId,
} from './network.js';
export { isNoise, noiseRules } from './noise/operators.js';
export type { OpAttributes, OpName, Padding2d, Pair } from './ops.js';
export { uniformStream } from './random.js';
export type { Precision } from './precision.js';
export { applyRule, type NodeOf, type RuleTable } from './rules.js';
export { networkCost, type NetworkCost } from './shapes/cost.js';
export { inferShapes } from './shapes/infer.js';
export { convPadding, poolSize } from './shapes/window.js';
export { elementCount, type Shape, type StateDict, type Tensor } from './tensor.js';
export { channelBlockProbe } from './training/block-probe.js';
export type { RandomInput } from './training/context.js';
export {
  lowerTraining,
  type Port,
  type StatisticsPorts,
  type TrainingGraph,
  type TrainingLowering,
} from './training/lower.js';
export type { Dialect } from './training/emitter.js';
export type { LossKind } from './training/loss.js';
export { randomValues, type MaskKey, type Randomness } from './training/masks.js';
