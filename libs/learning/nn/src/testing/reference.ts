import { outputValue } from '../inference/lower.js';
import type { Network, ValueId } from '../network.js';
import { applyRule } from '../rules.js';
import type { LossKind } from '../training/loss.js';
import { randomValues, type MaskKey } from '../training/masks.js';
import type { ReferenceContext } from './reference-context.js';
import { referenceRules } from './rules.js';
import { tensor64, type Tensor64 } from './tensor64.js';

export type ReferenceState = ReadonlyMap<string, Tensor64>;

export interface ReferenceMode {
  /** Evaluation, training, or training with frozen batch norms. */
  readonly mode: 'evaluation' | 'training' | 'frozen';
  /** Which masks training uses. Default: seed 0, step 0, batch 0. */
  readonly key?: Omit<MaskKey, 'value'>;
}

/** All values of a network in double precision. */
function referenceValues(
  network: Network,
  state: ReferenceState,
  inputs: Readonly<Record<string, Tensor64>>,
  { mode, key = { seed: 0, step: 0, batch: 0 } }: ReferenceMode,
): ReadonlyMap<ValueId, Tensor64> {
  const context: ReferenceContext = {
    parameter: (name = '') => state.get(name) ?? missing(name),
    batchStatistics: mode === 'training',
    random:
      mode === 'evaluation'
        ? undefined
        : (value, randomness, shape) => {
            const values = randomValues({ ...key, value }, randomness, shape);
            return tensor64(shape, (i) => values[i] ?? NaN);
          },
  };
  const values = new Map<ValueId, Tensor64>();
  for (const { name, value } of network.inputs) values.set(value, inputs[name] ?? missing(name));
  for (const node of network.nodes) {
    const operands = node.inputs.map((value) => values.get(value) ?? missing(`value ${value}`));
    values.set(node.output, applyRule(referenceRules, node, operands, context));
  }
  return values;
}

export function referenceOutput(
  network: Network,
  name: string,
  ...rest: [ReferenceState, Readonly<Record<string, Tensor64>>, ReferenceMode]
): Tensor64 {
  return referenceValues(network, ...rest).get(outputValue(network, name)) ?? missing(name);
}

/** The loss from its definition: mean over the batch (and the classes, for `bce`), or the weighted sum. */
export function referenceLoss(
  loss: LossKind,
  logits: Tensor64,
  targets: Tensor64,
  weights?: Tensor64,
): number {
  const [samples = 1, classes = 1] = logits.shape;
  let sum = 0;
  for (let n = 0; n < samples; n++) {
    const row = logits.data.subarray(n * classes, (n + 1) * classes);
    const logSum = Math.log(row.reduce((total, x) => total + Math.exp(x), 0));
    row.forEach((x, k) => {
      const t = targets.data[n * classes + k] ?? NaN;
      if (loss.kind === 'crossEntropy') sum -= t * (x - logSum);
      else {
        const element = (loss.classWeights?.[k] ?? 1) * (Math.log1p(Math.exp(x)) - t * x);
        sum += weights === undefined ? element / classes : samples * weights.data[n * classes + k]! * element;
      }
    });
  }
  return sum / samples;
}

function missing(name: string): never {
  throw new RangeError(`the reference has no "${name}"`);
}
