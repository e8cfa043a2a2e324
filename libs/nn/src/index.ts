export { NetworkBuilder } from './builder.js';
export {
  isLearned,
  type Network,
  type NetworkInput,
  type NetworkNode,
  type Parameter,
  type ParameterKind,
  type ValueId,
} from './network.js';
export { parameterRoles, type OpAttributes, type OpName, type Padding2d, type Pair } from './ops.js';
export { elementCount, type Shape, type StateDict, type Tensor } from './tensor.js';
