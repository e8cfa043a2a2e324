import type { ElementwiseAttributes } from './elementwise/operators.js';
import type { NoiseAttributes } from './noise/operators.js';

/** Pixels added before and after each spatial axis. */
export interface Padding2d {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** Height first. */
export type Pair = readonly [height: number, width: number];

/**
 * The closed set of operators and what distinguishes two nodes of one operator.
 *
 * Every table of rules (shapes, inference lowering, gradients, TensorFlow.js kernels) is typed over the
 * keys of this interface: an operator without a rule does not compile. Activations are NCHW.
 */
export interface OpAttributes extends ElementwiseAttributes, NoiseAttributes {
  /** Parameters: `weight` OIHW, optional `bias`. `same` is TensorFlow's rule, from the actual input size. */
  conv2d: {
    readonly kernel: Pair;
    readonly stride: Pair;
    readonly dilation: Pair;
    readonly padding: Padding2d | 'same';
    readonly groups: number;
  };
  /** Parameters: `weight` [out, in], optional `bias`. Input [N, in], with `sequence` [N, T, in]. */
  linear: { readonly sequence: boolean };
  /**
   * Parameters: `weight`, `bias`, `running_mean`, `running_var`. Input [N, C] or [N, C, H, W].
   * Training uses batch statistics; running variance is the unbiased one, as in PyTorch.
   */
  batchNorm: { readonly eps: number; readonly momentum: number };
  maxPool2d: {
    readonly kernel: Pair;
    readonly stride: Pair;
    readonly padding: Padding2d;
    readonly ceilMode: boolean;
  };
  avgPool2d: {
    readonly kernel: Pair;
    readonly stride: Pair;
    readonly padding: Padding2d;
    readonly ceilMode: boolean;
    readonly countIncludePad: boolean;
  };
  /** [N, C, H, W] to [N, C, 1, 1]. */
  globalAvgPool: Record<never, never>;
  /** Same shapes. */
  add: Record<never, never>;
  /** The second input may be [N, C, 1, 1] and is then repeated over H and W. */
  mul: Record<never, never>;
  /** Along channels (axis 1). */
  concat: Record<never, never>;
  /** [N, ...] to [N, product of the rest]. */
  flatten: Record<never, never>;

  /*
   * Sequences: [N, T, C], T steps (slices of a study) of C numbers. Where a mask [N, T] is an input, it is 1 for the
   * existing steps and 0 for the padding after them; every sample has at least one step.
   */

  /** Parameters: `weight`, `bias` [C]. Normalizes the last axis (Ba et al. 2016), biased variance. */
  layerNorm: { readonly eps: number };
  /**
   * One layer of gated recurrent units as PyTorch defines them: sequence and mask to [N, T, hidden], or both directions
   * side by side, [N, T, 2 hidden]. Gates in the parameters: reset, update, new. Zero at the padding.
   */
  gru: RecurrentAttributes;
  /** The same with long short-term memory. Gates in the parameters: input, forget, cell, output. */
  lstm: RecurrentAttributes;
  /** Scores [N, T, K] and mask to weights [N, T, K] that sum to 1 over the steps and are 0 at the padding. */
  maskedSoftmax: Record<never, never>;
  /** [N, T, C] to [N, C]: the sum over the steps. */
  sequenceSum: Record<never, never>;
}

interface RecurrentAttributes {
  readonly hidden: number;
  readonly bidirectional: boolean;
}

export type OpName = keyof OpAttributes;
