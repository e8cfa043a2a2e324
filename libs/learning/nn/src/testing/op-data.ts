import { fnv1a } from '@ichor/files/random';
import { initialize } from '../initialize.js';
import type { Network } from '../network.js';
import { uniformStream } from '../random.js';
import type { Shape, StateDict, Tensor } from '../tensor.js';
import { tensor64, toTensor64, type Tensor64 } from './tensor64.js';

/** Float32 and float64 forms of the same numbers. */
export interface OpData {
  readonly state: StateDict;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly targets: Tensor;
}

/** Starting parameters moved away from where norms are trivial, random inputs, soft targets. */
export function opData(network: Network, shapes: Readonly<Record<string, Shape>>, classes: number): OpData {
  const random = (name: string, shape: Shape, low: number, high: number) => {
    const uniform = uniformStream(7, fnv1a(`${network.name} ${name}`));
    const data = Float32Array.from(tensor64(shape).data, () => low + (high - low) * uniform());
    return { shape, data };
  };
  const state = new Map(initialize(network, 3));
  for (const { name, shape, kind } of network.parameters) {
    if (kind === 'batchNormWeight' || kind === 'layerNormWeight' || kind === 'runningVar')
      state.set(name, random(name, shape, 0.5, 1.5));
    if (kind === 'batchNormBias' || kind === 'layerNormBias' || kind === 'runningMean')
      state.set(name, random(name, shape, -0.5, 0.5));
  }
  const batch = Object.values(shapes)[0]?.[0] ?? 1;
  return {
    state,
    inputs: Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        name === 'mask' ? prefixMask(shape) : random(name, shape, -1, 1),
      ]),
    ),
    targets: random('targets', [batch, classes], 0, 1),
  };
}

/** Inputs in double precision. */
export function exactly(inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor64> {
  return Object.fromEntries(Object.entries(inputs).map(([name, tensor]) => [name, toTensor64(tensor)]));
}

/** The first sample has all steps, each further one fewer, none less than one. */
function prefixMask(shape: Shape): Tensor {
  const [batch = 1, steps = 1] = shape;
  const data = new Float32Array(batch * steps);
  for (let n = 0; n < batch; n++) data.fill(1, n * steps, n * steps + Math.max(1, steps - 2 * n));
  return { shape, data };
}
