import type { ValueId } from '../network.js';
import type { Shape } from '../tensor.js';
import type { Emitter, Value } from './emitter.js';
import type { Randomness } from './masks.js';

/** Mean and biased variance of one batch norm, to be mixed into its running statistics. */
export interface BatchStatistics {
  /** Full names of the running statistics. */
  readonly runningMean: string;
  readonly runningVariance: string;
  readonly mean: Value;
  readonly variance: Value;
  /** Elements per channel: the unbiased variance is count / (count - 1) times the biased one. */
  readonly count: number;
  readonly momentum: number;
}

/** Random numbers that are made outside and fed in. */
export interface RandomInput {
  /** Input of the graph. */
  readonly name: string;
  readonly shape: Shape;
  readonly randomness: Randomness;
  /** The value that they act on, which identifies them across engines. */
  readonly value: ValueId;
}

/** What the lowering of one node for training sees. */
export interface TrainingContext {
  readonly emit: Emitter;
  readonly frozenBatchNorm: boolean;
  /** Whether the ReLU that alone reads a batch norm is a part of it. */
  readonly rectified: (norm: ValueId) => boolean;
  /** The parameter as an input of the graph. */
  readonly parameter: (name: string | undefined) => Value;
  /** Whether the optimizer moves the parameter. */
  readonly learns: (name: string | undefined) => boolean;
  /** Registers the gradient of a parameter. */
  readonly gradient: (name: string | undefined, value: Value) => void;
  readonly statistics: (statistics: BatchStatistics) => void;
  /** Random numbers that act on the output of a node. */
  readonly random: (output: ValueId, randomness: Randomness, shape: Shape) => Value;
}

/** slope x + offset, a number for each channel, [C]. */
export interface ChannelAffine {
  readonly slope: Value;
  readonly offset: Value;
}

/** What is missing from a gradient, in this order: an affine function of the value x that it belongs to is added, and a factor per channel, [C], multiplied. */
export interface Missing {
  readonly centring?: ChannelAffine | undefined;
  readonly scale?: Value | undefined;
}

/** A gradient that is not finished: scale (value + slope x + offset). */
export interface UnfinishedGradient extends Missing {
  readonly value: Value;
}

/**
 * A gradient that is computed as late as possible: whoever computes it can add another one in the same pass.
 */
export interface PendingGradient {
  /** @param addend of the same shape */
  readonly compute: (addend: Value | undefined) => Value;
}

/**
 * Gradients with respect to the inputs, in their order, from the gradient with respect to the output.
 * `needed` tells which are read; the others may stay undefined. Parameter gradients are registered.
 * A returned shape may have sizes 1 where the input has more: the gradient is the same along them.
 */
export type Backward = (
  gradient: Value,
  needed: readonly boolean[],
  /** Only what the lowered node takes. */
  missing?: Missing,
) => readonly (Value | UnfinishedGradient | PendingGradient | undefined)[];

export interface Lowered {
  readonly output: Value;
  readonly backward: Backward;
  /** Whether `backward` can apply a factor per channel more cheaply than by multiplying the gradient. */
  readonly takesScale?: boolean;
  /** Whether `backward` can pass on an affine function that is missing, so that it is added once for many. */
  readonly takesCentring?: boolean;
}
