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

/** Training slices of the challenge, for which the table was computed. */
const CHALLENGE_SLICES = 752_803;
/** Prediction takes about a fifth of training on top. */
const PREDICTION = 0.2;
/** Files of weights that a fold keeps at once beyond one an epoch: a checkpoint holds weights and two moments. */
const CHECKPOINT_FILES = 3;

export interface Estimate {
  readonly hours: number;
  /** Bytes of weights and checkpoints. */
  readonly disk: number;
  /** Steps without an entry in the table: stackers, tables, models of the user. */
  readonly unknown: number;
}

/**
 * The networks' part of what steps cost.
 *
 * @param steps `project:target`
 * @param slices training slices of this data set
 * @param speed operations a second, measured on small convolutions
 */
export function estimateCost(steps: Iterable<string>, slices: number, speed: number): Estimate {
  let operations = 0;
  let disk = 0;
  let unknown = 0;
  for (const step of steps) {
    const [project = '', target = ''] = step.split(':');
    const cost = foldCosts[project];
    if (cost === undefined) unknown++;
    else if (target.startsWith('train')) {
      operations += cost.operations * 1e15 * (slices / CHALLENGE_SLICES);
      disk += cost.weights * 1e6 * (cost.epochs + CHECKPOINT_FILES);
    } else operations += PREDICTION * cost.operations * 1e15 * (slices / CHALLENGE_SLICES);
  }
  return { hours: operations / speed / 3600, disk, unknown };
}
