import { fnv1a } from '@ichor/files/random';
import { isLearned, type Network } from '../network.js';
import { uniformStream } from '../random.js';
import type { StateDict } from '../tensor.js';
import type { LossKind } from '../training/loss.js';
import { exactly, type OpData } from './op-data.js';
import { referenceLoss, referenceOutput, type ReferenceMode } from './reference.js';
import { tensor64, toTensor64, type Tensor64 } from './tensor64.js';

export interface GradientCheck {
  readonly loss: LossKind;
  readonly mode: ReferenceMode;
  /** Largest relative error that passes. */
  readonly tolerance: number;
}

/**
 * Compares a gradient with central differences of the loss in double precision, along one direction of each learned
 * parameter. The error is relative to the length of the parameter's gradient, or to 0.01 where that is shorter: a bias
 * before a batch norm has no gradient at all.
 *
 * @param gradients by parameter name
 * @returns a line for each parameter that is wrong: both values and the relative error
 */
export function gradientErrors(
  network: Network,
  data: OpData,
  gradients: StateDict,
  { loss, mode, tolerance }: GradientCheck,
): string[] {
  const slope = referenceSlope(network, data, loss, mode);
  return network.parameters.filter(isLearned).flatMap(({ name }) => {
    const gradient = gradients.get(name)?.data;
    if (gradient === undefined) return [`${name}: has no gradient`];
    const along = direction(name, gradient);
    const analytic = gradient.reduce((sum, value, i) => sum + value * along[i]!, 0);
    return gradientError(name, analytic, slope(name, along), {
      tolerance,
      scale: Math.max(Math.hypot(...gradient), 1e-2),
    });
  });
}

/** One line when the two differ by more than `tolerance` of `scale`, else none. NaN is always wrong. */
export function gradientError(
  name: string,
  analytic: number,
  finiteDifference: number,
  { tolerance, scale }: { readonly tolerance: number; readonly scale: number },
): string[] {
  const relative = Math.abs(analytic - finiteDifference) / scale;
  return relative < tolerance
    ? []
    : [
        `${name}: analytic ${analytic.toPrecision(7)}, finite difference ${finiteDifference.toPrecision(7)}, relative error ${relative.toExponential(1)} (at most ${tolerance})`,
      ];
}

/** A function of the parameters in double precision: the loss, and its slope along a direction. */
function referenceSlope(
  network: Network,
  { state, inputs, targets }: OpData,
  loss: LossKind,
  mode: ReferenceMode,
): (parameter: string, direction: Float64Array) => number {
  const exact = new Map([...state].map(([name, tensor]) => [name, toTensor64(tensor)]));
  const exactInputs = exactly(inputs);
  const wanted = toTensor64(targets);
  const lossAt = (name: string, value: Tensor64) =>
    referenceLoss(
      loss,
      referenceOutput(network, 'logits', new Map(exact).set(name, value), exactInputs, mode),
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

/**
 * A direction of length 1: half along the gradient itself, which shows a wrong factor (a random direction is nearly at
 * right angles to a gradient of many elements), half random, so that an element that should not be 0 shows too.
 */
function direction(name: string, gradient: Float32Array): Float64Array {
  const uniform = uniformStream(11, fnv1a(name));
  const random = unit(Float64Array.from(gradient, () => 2 * uniform() - 1));
  const along = unit(Float64Array.from(gradient));
  return unit(random.map((value, i) => value + along[i]!));
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
