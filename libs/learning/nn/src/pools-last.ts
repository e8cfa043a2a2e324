import { countUses } from './inference/fold.js';
import type { Network, NetworkNode, ValueId } from './network.js';
import type { NodeOf } from './rules.js';

/**
 * Exchanges each average pool with the 1x1 convolution that alone reads it, where the convolution has fewer outputs than inputs: a
 * mean of pixels and a sum over channels commute, and the pool then has fewer channels to read. The value between the two becomes
 * another one; all others stay the same.
 *
 * @param results values that are read after the nodes
 */
export function poolsLast(
  { parameters }: Network,
  nodes: Network['nodes'],
  results: Iterable<ValueId>,
): Network['nodes'] {
  const uses = countUses(nodes, results);
  const shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  const narrows = (node: NodeOf<'conv2d'>) => {
    const [outputs = 0, inputs = 0] = shapes.get(node.parameters['weight'] ?? '') ?? [];
    return outputs < inputs;
  };
  const exchanged = new Map<NetworkNode, NetworkNode>();
  for (const pool of nodes) {
    if (pool.op !== 'avgPool2d' || !keepsConstants(pool) || uses.get(pool.output) !== 1) continue;
    if (pool.attributes.stride.some((step) => step !== 1)) continue;
    const reader = nodes.find(({ inputs }) => inputs.includes(pool.output));
    if (reader?.op !== 'conv2d' || !isPointwise(reader) || !narrows(reader)) continue;
    exchanged.set(pool, { ...reader, inputs: pool.inputs, output: pool.output });
    exchanged.set(reader, { ...pool, inputs: reader.inputs, output: reader.output });
  }
  return nodes.map((node) => exchanged.get(node) ?? node);
}

/** Whether an image of one value stays this value: a bias before the pool is then one after it. */
export function keepsConstants({ attributes: { padding, countIncludePad } }: NodeOf<'avgPool2d'>): boolean {
  return !countIncludePad || Object.values(padding).every((extent) => extent === 0);
}

function isPointwise({ attributes: { kernel, stride, groups, padding } }: NodeOf<'conv2d'>): boolean {
  const isUnpadded = padding === 'same' || Object.values(padding).every((extent) => extent === 0);
  return groups === 1 && isUnpadded && [...kernel, ...stride].every((extent) => extent === 1);
}
