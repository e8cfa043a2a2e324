import type { Network, NetworkNode } from './network.js';
import { elementCount, type StateDict } from './tensor.js';

/**
 * Zeros for the parameters that end a branch: of every residual block, and before the logits. Compared with a
 * random start of all others, each residual block begins as the identity (or as its projection) and the
 * network as a shallow one whose answer is the bias of its last layer; the steps add depth. For
 * training without pretrained weights (Goyal et al. 2017, section 5.1: scale of the last batch norm of a
 * block 0).
 *
 * Every zero scale or weight has a gradient in the first step, since the value that it multiplies is not zero.
 *
 * @param logits output whose linear layer starts at zero
 */
export function identityStart(network: Network, logits = 'logits'): StateDict {
  const producers = new Map(network.nodes.map((node) => [node.output, node]));
  const ends = network.nodes.flatMap((node) => {
    // Builders name the branch first and the skip second.
    if (node.op === 'add') return endOfBranch(node.inputs[0], producers);
    if (node.op === 'linear' && node.output === network.outputs[logits]) return [node.parameters['weight']];
    return [];
  });
  const zero = new Set(ends.filter((name) => name !== undefined));
  return new Map(
    network.parameters
      .filter(({ name }) => zero.has(name))
      .map(({ name, shape }) => [name, { shape, data: new Float32Array(elementCount(shape)) }]),
  );
}

/** Operators that map zero to zero: a branch is zero where it is before them. */
const keepsZero: ReadonlySet<NetworkNode['op']> = new Set([
  'mul',
  'scale',
  'dropConnect',
  'dropout',
  'maxPool2d',
]);

/** The parameters whose zeros make the branch zero: the scale of its last batch norm, or its last convolution. */
function endOfBranch(
  value: number | undefined,
  producers: ReadonlyMap<number, NetworkNode>,
): (string | undefined)[] {
  const node = value === undefined ? undefined : producers.get(value);
  if (node === undefined) return [];
  if (node.op === 'batchNorm') return [node.parameters['weight']];
  if (node.op === 'conv2d') return [node.parameters['weight'], node.parameters['bias']];
  return keepsZero.has(node.op) ? endOfBranch(node.inputs[0], producers) : [];
}
