import { IchorError } from '@ichor/files';
import type { Network, Parameter, ParameterKind } from './network.js';
import { hashName, uniformStream } from './random.js';
import { elementCount, type StateDict, type Tensor } from './tensor.js';

/** Bound of the uniform distribution, or the constant, that a parameter starts with. */
type Start = { readonly bound: number } | { readonly constant: number };

/**
 * Starting parameters with the distributions of PyTorch's modules: weights of convolutions and linear layers
 * and their biases uniform in +-1/sqrt(fan in), batch norm 1 and 0. Each parameter has its own stream,
 * so adding a layer leaves the others as they were.
 */
export function initialize(network: Network, seed: number): StateDict {
  const fans = new Map<string, number>();
  for (const parameter of network.parameters) {
    if (parameter.kind === 'convWeight' || parameter.kind === 'linearWeight') {
      fans.set(modulePath(parameter), elementCount(parameter.shape.slice(1)));
    }
  }
  const state = new Map<string, Tensor>();
  for (const parameter of network.parameters) {
    const data = new Float32Array(elementCount(parameter.shape));
    const start = starts[parameter.kind](() => fanIn(fans, parameter));
    if ('constant' in start) data.fill(start.constant);
    else {
      const uniform = uniformStream(seed, hashName(parameter.name));
      for (let i = 0; i < data.length; i++) data[i] = (2 * uniform() - 1) * start.bound;
    }
    state.set(parameter.name, { shape: parameter.shape, data });
  }
  return state;
}

// kaiming_uniform_(a = sqrt 5): bound = sqrt(6 / ((1 + 5) fan)) = 1 / sqrt(fan).
const byFan = (fan: () => number): Start => ({ bound: 1 / Math.sqrt(fan()) });
const constantly = (constant: number) => (): Start => ({ constant });

const starts: Readonly<Record<ParameterKind, (fan: () => number) => Start>> = {
  convWeight: byFan,
  linearWeight: byFan,
  bias: byFan,
  batchNormWeight: constantly(1),
  batchNormBias: constantly(0),
  runningMean: constantly(0),
  runningVar: constantly(1),
};

function modulePath(parameter: Parameter): string {
  return parameter.name.slice(0, parameter.name.lastIndexOf('.'));
}

function fanIn(fans: ReadonlyMap<string, number>, parameter: Parameter): number {
  const fan = fans.get(modulePath(parameter));
  if (fan === undefined) {
    throw new IchorError({
      code: 'nn/initialize',
      reason: `${parameter.name} (${parameter.kind}) has no weight beside it`,
    });
  }
  return fan;
}
