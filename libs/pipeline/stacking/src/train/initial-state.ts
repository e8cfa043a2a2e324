import { initializeOnDemand, type Network, type StateDict } from '@ichor/nn';
import { classifierParameters } from '@ichor/weights';

/** Beyond it a bias saturates the sigmoid: a label that nobody has would not be learned any more. */
const rarest = 1e-3;

/**
 * What training starts from.
 *
 * @param targets one column a class, 0 or 1
 * @param outputBias `frequencies`: the last bias is the log-odds of the mean of each column (within 0.001 .. 0.999), so
 * that the first step already starts from the best constant answer
 */
export function initialState(
  network: Network,
  targets: readonly Float32Array[],
  seed: number,
  outputBias: 'random' | 'frequencies',
): StateDict {
  if (outputBias === 'random') return initializeOnDemand(network, seed);
  const names = classifierParameters(network);
  const bias = network.parameters.find(({ name, kind }) => kind === 'bias' && names.has(name));
  const data = Float32Array.from(targets, (column) => {
    const mean = column.reduce((sum, target) => sum + target, 0) / column.length;
    const kept = Math.min(Math.max(mean, rarest), 1 - rarest);
    return Math.log(kept / (1 - kept));
  });
  const given: StateDict = new Map(bias === undefined ? [] : [[bias.name, { shape: bias.shape, data }]]);
  return initializeOnDemand(network, seed, given);
}
