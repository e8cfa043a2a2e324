import { foldCosts, PREDICTION_SHARE } from '@ichor/cluster';

/** Training slices of the challenge, for which the table was computed. */
const CHALLENGE_SLICES = 752_803;
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
    } else operations += PREDICTION_SHARE * cost.operations * 1e15 * (slices / CHALLENGE_SLICES);
  }
  return { hours: operations / speed / 3600, disk, unknown };
}
