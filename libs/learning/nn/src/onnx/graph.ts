import { halfBits, ONNX_TYPE, type Precision } from '../precision.js';
import type { Shape } from '../tensor.js';
import {
  encodeModel,
  int,
  type OnnxAttributes,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './model.js';

interface NodeOptions {
  readonly domain?: string;
  readonly outputs?: number;
  /** Name of the node, from which those of its outputs are made; default: made up. */
  readonly name?: string;
}

/** Opset 17 is the first with everything used here and the newest that IR version 8 promises. */
const OPSETS: Readonly<Record<string, number>> = { '': 17 };

/** An ONNX graph in the making. Values are names. */
export class OnnxGraph {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxTensor>();
  readonly #constants = new Map<string, string>();
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #domains = new Map<string, number>(Object.entries(OPSETS));
  readonly #produced = new Set<string>();
  readonly #renamed = new Map<string, string>();
  #counter = 0;
  readonly #prefix: string;
  readonly #weights: Precision;

  /**
   * @param prefix of all made-up names: those of a graph inside another one must not be names of the outer one
   * @param weights how {@link weight} keeps its numbers
   */
  constructor(prefix = '', weights: Precision = 'float32') {
    this.#prefix = prefix;
    this.#weights = weights;
  }

  input(name: string, shape: OnnxValue['shape']): string {
    this.#inputs.push({ name, shape });
    return name;
  }

  /** Makes `value` an output of the graph under `name`. */
  output(name: string, value: string, shape: OnnxValue['shape']): void {
    this.#outputs.push({ name, shape });
    // Renaming the producer saves a copy into the output; an input or a second output needs a node.
    if (this.#produced.has(value) && !this.#renamed.has(value)) this.#renamed.set(value, name);
    else this.#nodes.push(identity(value, name));
  }

  /** Makes a sequence of no tensors the next output of the graph. */
  emptySequence(name: string): void {
    this.#outputs.push({ name, shape: [], isSequence: true });
    this.#nodes.push({
      op: 'SequenceEmpty',
      name,
      domain: '',
      inputs: [],
      outputs: [name],
      attributes: {},
    });
  }

  initializer(name: string, shape: Shape, data: OnnxTensor['data']): string {
    this.#initializers.set(name, { name, shape, data });
    return name;
  }

  /** Weights of a layer: kept in the precision of the graph, float32 to those who read them. */
  weight(name: string, shape: Shape, data: Float32Array): string {
    if (this.#weights === 'float32') return this.initializer(name, shape, data);
    const kept = `${name}.${this.#weights}`;
    const bits = halfBits(data, this.#weights, name);
    this.#initializers.set(kept, { name: kept, shape, data: { precision: this.#weights, bits } });
    return this.node('Cast', [kept], { to: int(ONNX_TYPE.float32) }, { name });
  }

  /** A vector of integers (axes, sizes, pads), shared by all who ask for the same. */
  integers(values: readonly number[]): string {
    return this.#constant(`i[${values.join(',')}]`, [values.length], () =>
      BigInt64Array.from(values, (value) => BigInt(value)),
    );
  }

  /** A constant tensor under a key; the first one's data stays. */
  floats(key: string, shape: Shape, data: () => Float32Array): string {
    return this.#constant(key, shape, data);
  }

  /** As {@link floats}, of int64. */
  indices(key: string, shape: Shape, data: () => BigInt64Array): string {
    return this.#constant(key, shape, data);
  }

  /** A scalar. */
  number(value: number): string {
    return this.#constant(`f(${value})`, [], () => Float32Array.of(value));
  }

  node(
    op: string,
    inputs: readonly string[],
    attributes: OnnxAttributes = {},
    options: NodeOptions = {},
  ): string {
    return this.nodes(op, inputs, 1, attributes, options)[0] ?? '';
  }

  /** A node with several outputs. */
  nodes(
    op: string,
    inputs: readonly string[],
    count: number,
    attributes: OnnxAttributes = {},
    { domain = '', name }: NodeOptions = {},
  ): string[] {
    const first = name ?? `${this.#prefix}${op}_${this.#counter++}`;
    const outputs = Array.from({ length: count }, (_, i) => `${first}:${i}`);
    for (const output of outputs) this.#produced.add(output);
    if (domain !== '') this.#domains.set(domain, 1);
    this.#nodes.push({ op, name: first, domain, inputs, outputs, attributes });
    return outputs;
  }

  model(name: string, metadata: Readonly<Record<string, string>> = {}): OnnxModel {
    const rename = (value: string) => this.#renamed.get(value) ?? value;
    const nodes = this.#nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      // An Identity made by output() already has its final name.
      outputs: node.outputs.map((value) => (this.#produced.has(value) ? rename(value) : value)),
    }));
    return {
      name,
      opsets: Object.fromEntries(this.#domains),
      nodes,
      initializers: [...this.#initializers.values()],
      inputs: this.#inputs,
      outputs: this.#outputs,
      metadata,
    };
  }

  encode(name: string, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    return encodeModel(this.model(name, metadata));
  }

  #constant(key: string, shape: Shape, data: () => OnnxTensor['data']): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.#prefix + key;
    this.#constants.set(key, name);
    return this.initializer(name, shape, data());
  }
}

function identity(value: string, name: string): OnnxNode {
  return { op: 'Identity', name, domain: '', inputs: [value], outputs: [name], attributes: {} };
}
