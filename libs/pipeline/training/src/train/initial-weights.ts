import { backbones } from '@ichor/backbones';
import { type BaseModel, outputBiasOf } from '@ichor/base-model';
import { hashFile } from '@ichor/cli';
import { classifierBias } from '@ichor/experiment';
import { identityStart, initializeOnDemand, type Network, type StateDict } from '@ichor/nn';
import { describeMatch, matchWeights, publishedWeights } from '@ichor/weights';
import type { SliceSet } from '../data/slice-set.js';
import { TrainingError } from '../error.js';
import { frequencyBias } from './frequency-bias.js';

export interface InitialWeights {
  readonly state: StateDict;
  /** `none`, or the hash of the file. */
  readonly start: string;
  /** Parameters that no file brought. */
  readonly made: readonly string[];
  /** For the user. */
  readonly description: string;
}

/**
 * What training starts from.
 *
 * @param model whose `pretrained` is `none`, `imagenet` (published weights of the backbone, fetched when not in the cache),
 * or a file
 * @param set the slices of training
 * @throws WeightsError when the weights cannot be had or do not fit
 */
export async function initialWeights(
  network: Network,
  model: BaseModel,
  set: SliceSet,
  signal?: AbortSignal,
): Promise<InitialWeights> {
  const { backbone, pretrained, seed } = model;
  const bias: StateDict =
    outputBiasOf(model) === 'frequencies' ? classifierBias(network, frequencyBias(model, set)) : new Map();
  const isIdentity = model.initialization === 'he-identity';
  const given = new Map([...(isIdentity ? identityStart(network) : []), ...bias]);
  const initial = initializeOnDemand(network, seed, given, isIdentity ? 'he' : 'pytorch');
  if (pretrained === 'none') {
    return {
      state: initial,
      start: 'none',
      made: network.parameters.map(({ name }) => name),
      description: `no pretrained weights: ${network.name} starts from a random initialization (seed ${seed})${isIdentity ? ', residual blocks as the identity' : ''}${fromFrequencies(bias)}`,
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
  const { replaced, missing } = report;
  const made = new Set([...replaced.map(({ name }) => name), ...missing]);
  const used = new Map([...bias].filter(([name]) => made.has(name)));
  return {
    state,
    start: (await hashFile(path)).slice(0, 16),
    made: [...made],
    description: `starting from ${path}: ${describeMatch(report)}${fromFrequencies(used)}`,
  };
}

const fromFrequencies = (bias: StateDict): string =>
  bias.size === 0 ? '' : ', the bias of its last layer from the label frequencies';
