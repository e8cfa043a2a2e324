import { classifierBias, logOdds } from '@ichor/experiment';
import { initializeOnDemand, type Network, type StateDict } from '@ichor/nn';

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
  const data = Float32Array.from(targets, (column) => {
    return logOdds(column.reduce((sum, target) => sum + target, 0) / column.length);
  });
  return initializeOnDemand(network, seed, classifierBias(network, data));
}
