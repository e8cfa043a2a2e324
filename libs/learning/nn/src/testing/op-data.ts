import { fnv1a } from '@ichor/files/random';
import { initialize } from '../initialize.js';
import type { Network } from '../network.js';
import { uniformStream } from '../random.js';
import type { Shape, StateDict, Tensor } from '../tensor.js';
import { tensor64 } from './tensor64.js';

/** Float32 and float64 forms of the same numbers. */
export interface OpData {
  readonly state: StateDict;
  readonly image: Tensor;
  readonly targets: Tensor;
}

/** Starting parameters moved away from where batch norm is trivial, a random image, soft targets. */
export function opData(network: Network, image: Shape, classes: number): OpData {
  const random = (name: string, shape: Shape, low: number, high: number) => {
    const uniform = uniformStream(7, fnv1a(`${network.name} ${name}`));
    const data = Float32Array.from(tensor64(shape).data, () => low + (high - low) * uniform());
    return { shape, data };
  };
  const state = new Map(initialize(network, 3));
  for (const { name, shape, kind } of network.parameters) {
    if (kind === 'batchNormWeight' || kind === 'runningVar') state.set(name, random(name, shape, 0.5, 1.5));
    if (kind === 'batchNormBias' || kind === 'runningMean') state.set(name, random(name, shape, -0.5, 0.5));
  }
  const batch = image[0] ?? 1;
  return {
    state,
    image: random('image', image, -1, 1),
    targets: random('targets', [batch, classes], 0, 1),
  };
}
