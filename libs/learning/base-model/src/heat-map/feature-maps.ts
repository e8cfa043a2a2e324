import { IchorError, present } from '@ichor/files';
import type { Network, NetworkNode, ValueId } from '@ichor/nn';

/** Name of the output that {@link withFeatureMaps} adds. */
export const featureMaps = 'maps';

/**
 * The same network with one more output: the activations that global pooling averages, [N, C, h, w].
 *
 * @throws IchorError `base-model/no-pooling` for a network without global average pooling
 */
export function withFeatureMaps(network: Network): Network {
  return {
    ...network,
    outputs: { ...network.outputs, [featureMaps]: present(lastPooling(network).inputs[0]) },
  };
}

/** The nodes between pooling and an output, first to last, when they are a chain. */
export function headNodes(network: Network, output: string): readonly NetworkNode[] {
  const pooling = lastPooling(network);
  const producers = new Map(network.nodes.map((node) => [node.output, node]));
  const chain: NetworkNode[] = [];
  let value: ValueId | undefined = network.outputs[output];
  while (value !== pooling.output) {
    const node: NetworkNode | undefined = value === undefined ? undefined : producers.get(value);
    if (node?.inputs.length !== 1) {
      throw new IchorError({
        code: 'base-model/head',
        reason: `${network.name}: no single path leads from global pooling to the output ${output}`,
      });
    }
    chain.unshift(node);
    value = node.inputs[0];
  }
  return chain;
}

/** Squeeze-excitation pools too: the pooling that the head starts from is the last one. */
function lastPooling(network: Network): NetworkNode {
  const pooling = network.nodes.findLast((node) => node.op === 'globalAvgPool');
  if (pooling) return pooling;
  throw new IchorError({
    code: 'base-model/no-pooling',
    reason: `${network.name} has no global average pooling, which class activation maps start from`,
  });
}
