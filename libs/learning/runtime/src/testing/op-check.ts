import { fnv1a } from '@ichor/files/random';
import {
  initialize,
  uniformStream,
  type LossKind,
  type Network,
  type Shape,
  type StateDict,
} from '@ichor/nn';
import {
  referenceLoss,
  referenceOutput,
  tensor64,
  toTensor64,
  type ReferenceMode,
  type Tensor64,
} from '@ichor/nn/testing';

/** Float32 and float64 forms of the same numbers. */
export interface OpData {
  readonly state: StateDict;
  readonly image: { readonly shape: Shape; readonly data: Float32Array };
  readonly targets: { readonly shape: Shape; readonly data: Float32Array };
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

/** A function of the parameters in double precision: the loss, and its slope along a direction. */
export function referenceSlope(
  network: Network,
  { state, image, targets }: OpData,
  loss: LossKind,
  mode: ReferenceMode,
): (parameter: string, direction: Float64Array) => number {
  const exact = new Map([...state].map(([name, tensor]) => [name, toTensor64(tensor)]));
  const inputs = { image: toTensor64(image) };
  const wanted = toTensor64(targets);
  const lossAt = (name: string, value: Tensor64) =>
    referenceLoss(
      loss,
      referenceOutput(network, 'logits', new Map(exact).set(name, value), inputs, mode),
      wanted,
    );
  return (name, direction) => {
    const start = exact.get(name) ?? tensor64([0]);
    // Central difference: an error of about eps^2 + 1e-16 / eps.
    const eps = 1e-5;
    const moved = (step: number) => tensor64(start.shape, (i) => start.data[i]! + step * direction[i]!);
    return (lossAt(name, moved(eps)) - lossAt(name, moved(-eps))) / (2 * eps);
  };
}

/** A direction of length 1 that every element of a parameter takes part in. */
export function direction(name: string, length: number): Float64Array {
  const uniform = uniformStream(11, fnv1a(name));
  const values = Float64Array.from({ length }, () => 2 * uniform() - 1);
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}
