import type { Network, StateDict } from '@ichor/nn';
import { classifierParameters } from '@ichor/weights';

/**
 * Beyond it a bias saturates the sigmoid (+-6.9): a label without positive cases could not be learned any
 * more.
 */
const rarest = 1e-3;

/**
 * The constant logit of the lowest cross-entropy for targets of this mean, whatever the weights of the classes (Lin et al. 2017,
 * section 4.1). The mean is clipped to 0.001 .. 0.999.
 */
export function logOdds(mean: number): number {
  const kept = Math.min(Math.max(mean, rarest), 1 - rarest);
  return Math.log(kept / (1 - kept));
}

/**
 * The bias of the layer that makes the logits, under its name; empty when that layer has none.
 *
 * @param data a value for each output
 */
export function classifierBias(network: Network, data: Float32Array): StateDict {
  const names = classifierParameters(network);
  const bias = network.parameters.find(({ name, kind }) => kind === 'bias' && names.has(name));
  return new Map(bias === undefined ? [] : [[bias.name, { shape: bias.shape, data }]]);
}
