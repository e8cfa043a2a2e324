import type { Network, NetworkNode } from '../network.js';
import { elementCount, type Shape } from '../tensor.js';
import { inferShapes, shapeOf } from './infer.js';

/** What a forward pass takes. */
export interface NetworkCost {
  /** Multiplications and additions, counted apart, of convolutions, dense and recurrent layers: nearly all there are. */
  readonly operations: number;
  /** Numbers in all values: what training keeps for the gradients. */
  readonly activations: number;
  /** Numbers in all parameters. */
  readonly parameters: number;
}

/**
 * Counts the operations and the numbers of a forward pass.
 *
 * @param inputs shapes, batch included
 * @throws IchorError as `inferShapes`
 */
export function networkCost(network: Network, inputs: Readonly<Record<string, Shape>>): NetworkCost {
  const shapes = inferShapes(network, inputs);
  const sizes = new Map(network.parameters.map(({ name, shape }) => [name, elementCount(shape)]));
  let operations = 0;
  let activations = 0;
  for (const node of network.nodes) {
    const output = shapeOf(shapes, node.output);
    activations += elementCount(output);
    const weights = Object.entries(node.parameters)
      .filter(([role]) => role.startsWith('weight'))
      .reduce((sum, [, name]) => sum + (sizes.get(name) ?? 0), 0);
    operations += 2 * weights * uses(node, output);
  }
  const parameters = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { operations, activations, parameters };
}

/** How often each weight of a layer is multiplied: at every place of the output. */
function uses({ op }: NetworkNode, output: Shape): number {
  const [batch = 1, second = 1, ...rest] = output;
  switch (op) {
    case 'conv2d':
      return batch * elementCount(rest);
    case 'gru':
    case 'lstm':
      // [N, T, features]
      return batch * second;
    case 'linear':
      return elementCount(output) / (output.at(-1) ?? 1);
    default:
      return 0;
  }
}
