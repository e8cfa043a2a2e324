import { IchorError } from '@ichor/files/error';
import type { Network, ValueId } from '../network.js';
import { observedModel } from '../eight-bit/observe.js';
import { quantizedModel, type Ranges } from '../eight-bit/quantize.js';
import { OnnxGraph } from '../onnx/graph.js';
import { encodeModel, encodeSplitModel, type OnnxModel, type SplitModel } from '../onnx/model.js';
import { poolsLast } from '../pools-last.js';
import { applyRule } from '../rules.js';
import type { StateDict } from '../tensor.js';
import type { Precision } from '../precision.js';
import { foldableNorms, liveNodes } from './fold.js';
import { inferenceRules, parameterReader } from './rules.js';

/** Columns of a product of bytes: narrower groups of a convolution are merged, which takes half the time; no result depends on it. */
const EIGHT_BIT_BLOCK = 16;

export interface InferenceLowering {
  /** Outputs to compute; default: all of the network. */
  readonly outputs?: readonly string[];
  /** How the weights of layers are kept; norms and biases stay float32, as do all operations. Default: float32. */
  readonly weights?: Precision;
  /**
   * Channels of a block of the CPU provider's operators (16 with AVX-512, 8 with AVX2), for a graph that only this machine runs: narrower
   * groups of a convolution are computed as one block. Without it, the graph is for any machine.
   */
  readonly channelBlock?: number | undefined;
  /** Computes in 8 bits with these ranges of its values; see {@link lowerObserved}. Default: in float32. Excludes `weights`. */
  readonly ranges?: Ranges;
  /** Kept in the model's metadata properties. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The network in evaluation mode as an ONNX model with its parameters inside and batch norms folded into
 * the layers before them where nothing else reads those. Batch and image sizes stay free.
 *
 * @throws IchorError `nn/output` for an unknown output, `nn/parameter` for a parameter that `state` lacks
 */
export function lowerInference(
  network: Network,
  state: StateDict,
  lowering: InferenceLowering = {},
): Uint8Array {
  return encodeModel(loweredModel(network, state, lowering));
}

/** The same with large parameters beside the model, for a session that is opened at once. */
export function lowerSplitInference(
  network: Network,
  state: StateDict,
  lowering: InferenceLowering = {},
): SplitModel {
  return encodeSplitModel(loweredModel(network, state, lowering));
}

function loweredModel(
  network: Network,
  state: StateDict,
  { ranges, ...options }: InferenceLowering,
): OnnxModel {
  if (ranges === undefined) return inferenceModel(network, state, options);
  const model = inferenceModel(network, state, { ...options, channelBlock: EIGHT_BIT_BLOCK });
  return quantizedModel(model, ranges);
}

function inferenceModel(
  network: Network,
  state: StateDict,
  { outputs = Object.keys(network.outputs), metadata = {}, weights, channelBlock }: InferenceLowering,
): OnnxModel {
  const results = outputs.map((name) => outputValue(network, name));
  const nodes = poolsLast(network, liveNodes(network, results), results);
  const folds = foldableNorms(nodes, results);
  const folded = new Set([...folds.values()].map(({ output }) => output));
  const parameter = parameterReader(new Map(network.parameters.map((p) => [p.name, p.shape])), state);

  const graph = new OnnxGraph('', weights);
  const names = new Map<ValueId, string>();
  for (const input of network.inputs) {
    const sizes = input.shape.map((size, axis) => size ?? `${input.name}_${axis + 1}`);
    names.set(input.value, graph.input(input.name, ['batch', ...sizes]));
  }
  for (const node of nodes) {
    const inputs = node.inputs.map((value) => names.get(value) ?? '');
    const context = { graph, parameter, channelBlock, folded: folds.get(node.output) };
    names.set(
      node.output,
      folded.has(node.output) ? (inputs[0] ?? '') : applyRule(inferenceRules, node, inputs, context),
    );
  }
  outputs.forEach((output, i) => {
    graph.output(output, names.get(results[i] ?? -1) ?? '', outputRank(network, output));
  });
  return graph.model(network.name, metadata);
}

/**
 * The network as in {@link lowerInference} with two more outputs, `lowest` and `highest`, [N, values]: the smallest and the largest number
 * of each value that 8 bits need a range of, for each image.
 */
export function lowerObserved(
  network: Network,
  state: StateDict,
  options: Pick<InferenceLowering, 'outputs'> = {},
): { readonly model: Uint8Array; readonly values: readonly string[] } {
  const { model, values } = observedModel(inferenceModel(network, state, options));
  return { model: encodeModel(model), values };
}

/**
 * The value behind a named output.
 *
 * @throws IchorError `nn/output`
 */
export function outputValue(network: Network, name: string): ValueId {
  const value = network.outputs[name];
  if (value !== undefined) return value;
  throw new IchorError({
    code: 'nn/output',
    reason: `${network.name} has no output "${name}"`,
    remedy: `it has ${Object.keys(network.outputs).join(', ')}`,
  });
}

/** Sizes of an output are free; only their number is stated. */
function outputRank(network: Network, output: string): readonly string[] {
  const ranks = new Map<ValueId, number>(network.inputs.map(({ value, shape }) => [value, shape.length + 1]));
  for (const node of network.nodes) {
    const rank =
      node.op === 'flatten' || node.op === 'sequenceSum' ? 2 : (ranks.get(node.inputs[0] ?? -1) ?? 4);
    ranks.set(node.output, rank);
  }
  const rank = ranks.get(outputValue(network, output)) ?? 2;
  return Array.from({ length: rank }, (_, axis) => (axis === 0 ? 'batch' : `${output}_${axis}`));
}
