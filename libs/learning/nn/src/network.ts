import type { OpAttributes, OpName } from './ops.js';
import type { Shape } from './tensor.js';

/** Index of a value (an activation) inside one network. */
export type ValueId = number;

/** How a parameter is used, hence how it is initialized and whether it is learned. */
export type ParameterKind =
  | 'convWeight'
  | 'linearWeight'
  | 'bias'
  | 'batchNormWeight'
  | 'batchNormBias'
  | 'runningMean'
  | 'runningVar'
  | 'layerNormWeight'
  | 'layerNormBias'
  /** Weights of a recurrent layer, and its biases. */
  | 'recurrentWeight'
  | 'recurrentBias';

export interface Parameter {
  /** Name in the PyTorch state dict, e.g. `layer1.0.conv1.weight`. */
  readonly name: string;
  readonly shape: Shape;
  readonly kind: ParameterKind;
}

/** One application of an operator. */
export type NetworkNode = {
  [Op in OpName]: {
    readonly op: Op;
    /** Module path in PyTorch where it has one (`layer1.0.conv1`), else a unique made-up name. */
    readonly name: string;
    readonly inputs: readonly ValueId[];
    readonly output: ValueId;
    readonly attributes: OpAttributes[Op];
    /** Role (`weight`, `bias`, ...) to full parameter name. */
    readonly parameters: Readonly<Record<string, string>>;
  };
}[OpName];

export interface NetworkInput {
  readonly name: string;
  readonly value: ValueId;
  /** Per-sample shape; `null` where any size is allowed. Example: [3, null, null]. */
  readonly shape: readonly (number | null)[];
}

/**
 * A network as plain data: nodes in topological order. Sizes of activations are not part of it;
 * they follow from the sizes of the inputs by the shape rules.
 */
export interface Network {
  readonly name: string;
  readonly inputs: readonly NetworkInput[];
  readonly parameters: readonly Parameter[];
  readonly nodes: readonly NetworkNode[];
  /** Named outputs, e.g. `logits` and `features`. */
  readonly outputs: Readonly<Record<string, ValueId>>;
}

/** Whether weight decay is usual for a parameter of this kind: weights of layers, not biases and norms. */
export function decays({ kind }: Parameter): boolean {
  return kind === 'convWeight' || kind === 'linearWeight' || kind === 'recurrentWeight';
}

/** Whether an optimizer may move a parameter of this kind (running statistics are not learned). */
export function isLearned(parameter: Parameter): boolean {
  return parameter.kind !== 'runningMean' && parameter.kind !== 'runningVar';
}
