import type { Network, ValueId } from '../network.js';
import { keepsConstants } from '../pools-last.js';
import type { NodeOf } from '../rules.js';

/** Nodes that the given values need, in the order of the network. */
export function liveNodes(network: Network, values: Iterable<ValueId>): Network['nodes'] {
  const needed = new Set(values);
  const live: Network['nodes'][number][] = [];
  for (const node of network.nodes.toReversed()) {
    if (!needed.has(node.output)) continue;
    live.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  return live.reverse();
}

/** How often each value is read, outputs of the network included. */
export function countUses(nodes: Network['nodes'], outputs: Iterable<ValueId>): ReadonlyMap<ValueId, number> {
  const uses = new Map<ValueId, number>();
  const use = (value: ValueId) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of nodes) node.inputs.forEach(use);
  for (const value of outputs) use(value);
  return uses;
}

/**
 * Batch norms with running statistics are affine per channel: where one alone reads a convolution or a
 * linear layer, or the average pool that alone reads it, it becomes part of that layer's weights. Keyed by the layer's output.
 */
export function foldableNorms(
  nodes: Network['nodes'],
  outputs: Iterable<ValueId>,
): ReadonlyMap<ValueId, NodeOf<'batchNorm'>> {
  const uses = countUses(nodes, outputs);
  /** Output of the layer behind a value. */
  const layers = new Map<ValueId, ValueId>();
  const folds = new Map<ValueId, NodeOf<'batchNorm'>>();
  for (const node of nodes) {
    if (node.op === 'conv2d' || node.op === 'linear') layers.set(node.output, node.output);
    const [input] = node.inputs;
    const layer = input !== undefined && uses.get(input) === 1 ? layers.get(input) : undefined;
    if (layer === undefined) continue;
    if (node.op === 'avgPool2d' && keepsConstants(node)) layers.set(node.output, layer);
    if (node.op === 'batchNorm') folds.set(layer, node);
  }
  return folds;
}

/** y = x * scale + shift, per channel. */
export interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

export function batchNormAffine(
  gamma: Float32Array,
  beta: Float32Array,
  mean: Float32Array,
  variance: Float32Array,
  eps: number,
): Affine {
  const scale = Float64Array.from(gamma, (g, c) => g / Math.sqrt((variance[c] ?? 0) + eps));
  const shift = Float64Array.from(beta, (b, c) => b - (mean[c] ?? 0) * (scale[c] ?? 0));
  return { scale, shift };
}

/** Weights and bias of a layer followed by `affine`; outputs are the first axis of the weights. */
export function foldAffine(
  weight: Float32Array,
  bias: Float32Array | undefined,
  { scale, shift }: Affine,
): { readonly weight: Float32Array; readonly bias: Float32Array } {
  const outputs = scale.length;
  const each = weight.length / outputs;
  const folded = new Float32Array(weight.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = o * each; i < (o + 1) * each; i++) folded[i] = weight[i]! * scale[o]!;
  }
  return { weight: folded, bias: Float32Array.from(shift, (s, o) => s + (bias?.[o] ?? 0) * scale[o]!) };
}
