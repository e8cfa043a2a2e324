import type { Network, ValueId } from '@ichor/nn';

/** Names of the parameters of the layer that makes the `logits`: weight and bias of the last linear layer. */
export function classifierParameters(network: Network): ReadonlySet<string> {
  const logits = network.outputs['logits'];
  const node = network.nodes.find(({ output }) => output === logits);
  return new Set(node?.op === 'linear' ? Object.values(node.parameters) : []);
}

/** Names of the weights of the convolutions that see the inputs of the network themselves. */
export function firstConvolutionWeights(network: Network): ReadonlySet<string> {
  const inputs = new Set<ValueId | undefined>(network.inputs.map(({ value }) => value));
  const weights = new Set<string>();
  for (const node of network.nodes) {
    const weight = node.parameters['weight'];
    if (node.op === 'conv2d' && weight !== undefined && inputs.has(node.inputs[0])) weights.add(weight);
  }
  return weights;
}
