import type * as tfjs from '@tensorflow/tfjs';
import type { NodeOf, Randomness, Shape, ValueId } from '@ichor/nn';
import type { TensorFlow } from './tensorflow.js';

/** Statistics of one batch norm over one batch, as [C]; the variance is the biased one. */
export interface NormStatistics {
  readonly node: NodeOf<'batchNorm'>;
  readonly mean: tfjs.Tensor;
  readonly variance: tfjs.Tensor;
  readonly count: number;
}

/** The context of training; masks have the shapes of the network's layout. */
export interface TrainingMode {
  readonly frozenBatchNorm: boolean;
  readonly statistics: (statistics: NormStatistics) => void;
  readonly random: (output: ValueId, randomness: Randomness, shape: Shape) => tfjs.Tensor;
}

/** What the rule of one node sees. */
export interface Context {
  readonly tf: TensorFlow;
  /** A parameter in its own layout, by its full name. */
  readonly parameter: (name: string) => tfjs.Tensor;
  /** Absent in evaluation. */
  readonly training?: TrainingMode;
}
