import { IchorError, present } from '@ichor/files';
import {
  elementwiseOf,
  isElementwise,
  isNoise,
  type Elementwise,
  type Network,
  type NetworkNode,
  type StateDict,
} from '@ichor/nn';
import { headNodes } from './feature-maps.js';

/** One layer of a head in evaluation mode: what it gives, and how a gradient goes back through it. */
interface Layer {
  readonly output: Float64Array;
  backward(gradient: Float64Array): Float64Array;
}

/**
 * Gradient of one logit with respect to the pooled features, in evaluation mode (running statistics, no dropout).
 *
 * @param pooled [C], means of the feature maps
 * @throws IchorError `base-model/head` when the head is not a chain of linear layers, batch norms and activations
 */
export function headGradient(
  network: Network,
  state: StateDict,
  pooled: ArrayLike<number>,
  logit: number,
  output = 'logits',
): Float64Array {
  const layers: Layer[] = [];
  let values = Float64Array.from(pooled);
  for (const node of headNodes(network, output)) {
    const layer = forward(node, state, values);
    layers.push(layer);
    values = Float64Array.from(layer.output);
  }
  let gradient = new Float64Array(values.length);
  if (!(logit in gradient)) {
    throw new IchorError({
      code: 'base-model/logit',
      reason: `${network.name} has ${gradient.length} logits; logit ${logit} does not exist`,
    });
  }
  gradient[logit] = 1;
  for (const layer of layers.reverse()) gradient = Float64Array.from(layer.backward(gradient));
  return gradient;
}

/** Names of the parameters that heat maps read, so that a bundle needs to keep no others. */
export function headParameters(network: Network, output = 'logits'): readonly string[] {
  const names = new Set(headNodes(network, output).flatMap((node) => Object.values(node.parameters)));
  return network.parameters.map((one) => one.name).filter((name) => names.has(name));
}

function forward(node: NetworkNode, state: StateDict, x: Float64Array): Layer {
  if (isElementwise(node)) return elementwise(elementwiseOf(node), x);
  if (isNoise(node)) return unchanged(x);
  switch (node.op) {
    case 'linear':
      return linear(
        parameter(node, state, 'weight'),
        node.parameters['bias'] ? parameter(node, state, 'bias') : undefined,
        x,
      );
    case 'batchNorm':
      return batchNorm(node, state, x);
    case 'flatten':
      return unchanged(x);
    default:
      throw new IchorError({
        code: 'base-model/head',
        reason: `${node.name}: a head with ${node.op} cannot be explained`,
      });
  }
}

const unchanged = (x: Float64Array): Layer => ({ output: x, backward: (gradient) => gradient });

function parameter(node: NetworkNode, state: StateDict, role: string): Float32Array {
  const name = node.parameters[role];
  const tensor = name === undefined ? undefined : state.get(name);
  if (tensor) return tensor.data;
  throw new IchorError({
    code: 'base-model/missing-parameter',
    reason: `the state has no ${name ?? `${role} of ${node.name}`}`,
  });
}

function linear(weight: Float32Array, bias: Float32Array | undefined, x: Float64Array): Layer {
  const inputs = x.length;
  const output = new Float64Array(weight.length / inputs);
  for (let row = 0; row < output.length; row++) {
    let sum = bias?.[row] ?? 0;
    for (let column = 0; column < inputs; column++) sum += weight[row * inputs + column]! * x[column]!;
    output[row] = sum;
  }
  return {
    output,
    backward(gradient) {
      const back = new Float64Array(inputs);
      gradient.forEach((slope, row) => {
        for (let column = 0; column < inputs; column++)
          back[column]! += slope * weight[row * inputs + column]!;
      });
      return back;
    },
  };
}

function batchNorm(
  node: NetworkNode & { readonly op: 'batchNorm' },
  state: StateDict,
  x: Float64Array,
): Layer {
  const [weight, bias, mean, variance] = (['weight', 'bias', 'running_mean', 'running_var'] as const).map(
    (role) => parameter(node, state, role),
  );
  const slope = x.map((_, i) => present(weight)[i]! / Math.sqrt(present(variance)[i]! + node.attributes.eps));
  return {
    output: x.map((value, i) => (value - present(mean)[i]!) * slope[i]! + present(bias)[i]!),
    backward: (gradient) => gradient.map((value, i) => value * slope[i]!),
  };
}

function elementwise({ value, slope }: Elementwise, x: Float64Array): Layer {
  return { output: x.map(value), backward: (gradient) => gradient.map((one, i) => one * slope(x[i]!)) };
}
