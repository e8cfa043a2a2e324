import type { Shape } from '../tensor.js';
import {
  encodeModel,
  type OnnxAttributes,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './model.js';

interface NodeOptions {
  readonly domain?: string;
  readonly outputs?: number;
  /** Name of the first output and of the node; default: made up. */
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
  #counter = 0;

  input(name: string, shape: OnnxValue['shape']): string {
    this.#inputs.push({ name, shape });
    return name;
  }

  output(name: string, shape: OnnxValue['shape']): void {
    this.#outputs.push({ name, shape });
  }

  initializer(name: string, shape: Shape, data: OnnxTensor['data']): string {
    this.#initializers.set(name, { name, shape, data });
    return name;
  }

  /** A vector of integers (axes, sizes, pads), shared by all who ask for the same. */
  integers(values: readonly number[]): string {
    return this.#constant(`i[${values.join(',')}]`, [values.length], () =>
      BigInt64Array.from(values, (value) => BigInt(value)),
    );
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
    const first = name ?? `${op}_${this.#counter++}`;
    const outputs = Array.from({ length: count }, (_, i) => (i === 0 ? first : `${first}:${i}`));
    if (domain !== '') this.#domains.set(domain, 1);
    this.#nodes.push({ op, name: first, domain, inputs, outputs, attributes });
    return outputs;
  }

  model(name: string, metadata: Readonly<Record<string, string>> = {}): OnnxModel {
    return {
      name,
      opsets: Object.fromEntries(this.#domains),
      nodes: this.#nodes,
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
    this.#constants.set(key, key);
    return this.initializer(key, shape, data());
  }
}
