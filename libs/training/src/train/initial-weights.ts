import { backbones, type BackboneId } from '@ichor/backbones';
import { hashFile } from '@ichor/cli';
import { initializeOnDemand, type Network, type StateDict } from '@ichor/nn';
import { describeMatch, matchWeights, publishedWeights } from '@ichor/weights';
import { TrainingError } from '../error.js';

export interface InitialWeights {
  readonly state: StateDict;
  /** `none`, or the hash of the file. */
  readonly start: string;
  /** For the user. */
  readonly description: string;
}

/**
 * What training starts from.
 *
 * @param pretrained `none`, `imagenet` (published weights of the backbone, fetched when not in the cache), or a file
 * @throws WeightsError when the weights cannot be had or do not fit
 */
export async function initialWeights(
  network: Network,
  backbone: BackboneId,
  pretrained: string,
  seed: number,
  signal?: AbortSignal,
): Promise<InitialWeights> {
  const initial = initializeOnDemand(network, seed);
  if (pretrained === 'none') {
    return {
      state: initial,
      start: 'none',
      description: `no pretrained weights: ${network.name} starts from a random initialization (seed ${seed})`,
    };
  }
  const description = backbones.find(({ id }) => id === backbone);
  if (description === undefined) {
    throw new TrainingError({
      code: 'training/app',
      reason: `there are no published weights of ${backbone}`,
    });
  }
  const { path, tensors } = await publishedWeights(description.weights, {
    ...(pretrained === 'imagenet' ? {} : { file: pretrained }),
    ...(signal === undefined ? {} : { signal }),
  });
  const names = new Set(network.parameters.map(({ name }) => name));
  const { state, report } = matchWeights(network, tensors, {
    initial,
    file: path,
    classifier: description.weights.classifier,
    // The head of the feature models puts the backbone under `model.`.
    rename: (name) => (!names.has(name) && names.has(`model.${name}`) ? `model.${name}` : name),
  });
  return {
    state,
    start: (await hashFile(path)).slice(0, 16),
    description: `starting from ${path}: ${describeMatch(report)}`,
  };
}
