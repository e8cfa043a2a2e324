import type { Network, NetworkNode, ValueId } from '@ichor/nn';

/** Names of the parameters of the layer that makes the `logits`: weight and bias of the last linear layer. */
export function classifierParameters(network: Network): ReadonlySet<string> {
  return new Set(Object.values(classifierNode(network)?.parameters ?? {}));
}

/** Module path of that layer, e.g. `last_linear`. */
export function classifierPath(network: Network): string | undefined {
  return classifierNode(network)?.name;
}

function classifierNode(network: Network): NetworkNode | undefined {
  const logits = network.outputs['logits'];
  return network.nodes.find(({ op, output }) => op === 'linear' && output === logits);
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
