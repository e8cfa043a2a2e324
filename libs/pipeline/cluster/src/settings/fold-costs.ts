/** What one fold of a model of this repository costs on the data of the challenge; the table of docs/pipeline.md. */
export interface FoldCost {
  /** Floating-point operations of all epochs, forward and backward, in 10^15. */
  readonly operations: number;
  readonly epochs: number;
  /** Megabytes of one file of weights. */
  readonly weights: number;
}

export const foldCosts: Readonly<Record<string, FoldCost>> = {
  'model-base': { operations: 242, epochs: 3, weights: 103 },
  'se-resnext-410': { operations: 156, epochs: 3, weights: 103 },
  'se-resnext101-mixup': { operations: 289, epochs: 3, weights: 189 },
  'senet154-customlabels': { operations: 456, epochs: 3, weights: 452 },
  'efficientnet-b0-nine': { operations: 23, epochs: 3, weights: 16 },
  'efficientnet-b3': { operations: 56, epochs: 3, weights: 43 },
  'inception-resnet-v2': { operations: 180, epochs: 3, weights: 209 },
  'inception-v4': { operations: 650, epochs: 5, weights: 158 },
  xception: { operations: 51, epochs: 3, weights: 83 },
  'densenet201-adjacent': { operations: 245, epochs: 3, weights: 88 },
  'se-resnext50-label-smoothing': { operations: 242, epochs: 3, weights: 136 },
  'se-resnext50-label-smoothing-without-any': { operations: 242, epochs: 3, weights: 136 },
};

/** Prediction takes another fifth of the training. */
export const PREDICTION_SHARE = 0.2;
