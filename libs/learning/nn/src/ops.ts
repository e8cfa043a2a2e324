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
export interface OpAttributes {
  /** Parameters: `weight` OIHW, optional `bias`. `same` is TensorFlow's rule, from the actual input size. */
  conv2d: {
    readonly kernel: Pair;
    readonly stride: Pair;
    readonly dilation: Pair;
    readonly padding: Padding2d | 'same';
    readonly groups: number;
  };
  /** Parameters: `weight` [out, in], optional `bias`. Input [N, in]. */
  linear: Record<never, never>;
  /**
   * Parameters: `weight`, `bias`, `running_mean`, `running_var`. Input [N, C] or [N, C, H, W].
   * Training uses batch statistics; running variance is the unbiased one, as in PyTorch.
   */
  batchNorm: { readonly eps: number; readonly momentum: number };
  relu: Record<never, never>;
  sigmoid: Record<never, never>;
  /** x * sigmoid(x), also known as SiLU. */
  swish: Record<never, never>;
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
  /** x * factor, a constant. */
  scale: { readonly factor: number };
  /** Along channels (axis 1). */
  concat: Record<never, never>;
  /** [N, ...] to [N, product of the rest]. */
  flatten: Record<never, never>;
  /** Zeroes single elements in training with probability `rate`, scales the rest by 1/(1-rate). */
  dropout: { readonly rate: number };
  /** Zeroes whole samples in training with probability `rate`, scales the rest by 1/(1-rate). */
  dropConnect: { readonly rate: number };
}

export type OpName = keyof OpAttributes;

/** Roles of the parameters of the operators that have any, in the order of the state dict. */
export const parameterRoles = {
  conv2d: ['weight', 'bias'],
  linear: ['weight', 'bias'],
  batchNorm: ['weight', 'bias', 'running_mean', 'running_var'],
} as const satisfies Partial<Record<OpName, readonly string[]>>;
