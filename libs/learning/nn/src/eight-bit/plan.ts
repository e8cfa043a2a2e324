import { IchorError } from '@ichor/files/error';
import type { OnnxModel, OnnxNode } from '../onnx/model.js';

/** A node that computes with bytes. */
export interface EightBitNode {
  readonly node: OnnxNode;
  /** What alone reads its sum: an activation, part of its rounding; or the product with a number, part of its weights. */
  readonly absorbed: OnnxNode | undefined;
  /** Its data inputs, without weights. */
  readonly inputs: readonly string[];
  /** The value that is kept in bytes: behind the activation, if there is one. */
  readonly output: string;
}

export interface EightBitPlan {
  /** By the name of the node. */
  readonly nodes: ReadonlyMap<string, EightBitNode>;
  /** Activations that are part of the node before them. */
  readonly absorbed: ReadonlySet<OnnxNode>;
  /** Values that are kept in bytes, and the name under which their range is known; in the order of the graph. */
  readonly values: ReadonlyMap<string, string>;
  /** Values with one range for all of them: what a concatenation joins, and what a pooling picks from. */
  readonly shared: ReadonlyMap<string, string>;
}

/**
 * So many convolutions from the input on stay in float32: their inputs and weights have the widest range, and all later ones read their
 * errors (docs/decisions/eight-bit-inference.md).
 */
const FLOAT_CONVOLUTIONS = 2;

/** Operators that give some of the numbers that they get. */
const picks = new Set(['MaxPool', 'Concat']);
const activations = new Set(['Relu', 'Clip']);
/** Operators that keep the shape [N, C, H, W]. */
const keepsRank = new Set([...activations, 'Conv']);
/** Operators of onnxruntime on bytes besides Conv, where all that they read is in bytes. */
const follows = new Set([
  ...picks,
  'Relu',
  'Add',
  'Mul',
  'Sigmoid',
  'AveragePool',
  'GlobalAveragePool',
  'BatchNormalization',
]);

/**
 * Which nodes of a network in evaluation mode compute with bytes: convolutions behind the first ones, and what lies between them.
 *
 * @throws IchorError `nn/eight-bit` when there are none
 */
export function planEightBit(model: OnnxModel): EightBitPlan {
  const weights = new Set(model.initializers.map(({ name }) => name));
  const outputs = new Set(model.outputs.map(({ name }) => name));
  const readers = readersOf(model.nodes);
  const producers = new Map(model.nodes.map((node) => [node.outputs[0] ?? '', node]));
  const images = imageValues(model, weights);
  const nodes = new Map<string, EightBitNode>();
  const absorbed = new Set<OnnxNode>();
  const inBytes = new Set<string>();
  let convolutions = 0;
  for (const node of model.nodes) {
    const inputs = node.inputs.filter((value) => !weights.has(value));
    const [own = ''] = node.outputs;
    if (absorbed.has(node) || !images.has(own)) continue;
    const isChosen =
      node.op === 'Conv'
        ? ++convolutions > FLOAT_CONVOLUTIONS
        : follows.has(node.op) && !isScaling(node, weights) && inputs.some((value) => inBytes.has(value));
    if (!isChosen || (node.op === 'GlobalAveragePool' && !staysImage(node, readers))) continue;
    const next = outputs.has(own) ? undefined : absorbable(node, readers.get(own) ?? [], weights);
    if (next !== undefined) absorbed.add(next);
    const output = next?.outputs[0] ?? own;
    nodes.set(node.name, { node, absorbed: next, inputs, output });
    inBytes.add(output);
  }
  if (nodes.size === 0) {
    throw new IchorError({
      code: 'nn/eight-bit',
      reason: `${model.name} has no convolution behind the first ${FLOAT_CONVOLUTIONS}, which stay in float32`,
      remedy: 'run it in float32',
    });
  }
  const values = new Map<string, string>();
  for (const { node, inputs, output, absorbed: next } of nodes.values()) {
    for (const input of inputs) {
      if (!values.has(input)) values.set(input, producers.get(input)?.name ?? input);
    }
    values.set(output, (next ?? node).name);
  }
  return { nodes, absorbed, values, shared: sharedRanges(nodes) };
}

function readersOf(nodes: readonly OnnxNode[]): ReadonlyMap<string, readonly OnnxNode[]> {
  const readers = new Map<string, OnnxNode[]>();
  for (const node of nodes) {
    for (const input of node.inputs) readers.set(input, [...(readers.get(input) ?? []), node]);
  }
  return readers;
}

/** What alone reads a sum: rounding to bytes from zero on does what a ReLU does, and a factor goes into the weights. */
function absorbable(
  node: OnnxNode,
  readers: readonly OnnxNode[],
  weights: ReadonlySet<string>,
): OnnxNode | undefined {
  const [reader] = readers;
  if (reader === undefined || readers.length > 1) return undefined;
  if (node.op === 'Conv' && isScaling(reader, weights)) return reader;
  const sums = node.op === 'Conv' || node.op === 'Add' || node.op === 'BatchNormalization';
  return sums && activations.has(reader.op) ? reader : undefined;
}

/** A product with a number. */
function isScaling({ op, inputs }: OnnxNode, weights: ReadonlySet<string>): boolean {
  return op === 'Mul' && inputs.some((value) => weights.has(value));
}

/** Values [N, C, H, W]: all before the first vector. */
function imageValues(model: OnnxModel, weights: ReadonlySet<string>): ReadonlySet<string> {
  const images = new Set(model.inputs.map(({ name }) => name));
  for (const { op, inputs, outputs } of model.nodes) {
    if (
      (keepsRank.has(op) || follows.has(op)) &&
      inputs.every((value) => weights.has(value) || images.has(value))
    )
      images.add(outputs[0] ?? '');
  }
  return images;
}

/** Not the pooling before the last layers, whose features stay float32. */
function staysImage({ outputs }: OnnxNode, readers: ReadonlyMap<string, readonly OnnxNode[]>): boolean {
  return (readers.get(outputs[0] ?? '') ?? []).some(({ op }) => op === 'Conv');
}

/** Union-find over the values that must have one range; each value to the representative of its group. */
function sharedRanges(nodes: ReadonlyMap<string, EightBitNode>): ReadonlyMap<string, string> {
  const parents = new Map<string, string>();
  const root = (value: string): string => {
    const parent = parents.get(value);
    return parent === undefined ? value : root(parent);
  };
  for (const { node, inputs, output } of nodes.values()) {
    if (!picks.has(node.op)) continue;
    for (const input of inputs) {
      const [from, to] = [root(input), root(output)];
      if (from !== to) parents.set(from, to);
    }
  }
  return new Map([...parents.keys()].map((value) => [value, root(value)]));
}
