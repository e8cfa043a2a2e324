import { IchorError, messageOf } from '@ichor/files/error';
import { present } from '@ichor/files/present';
import { int, ints, float, type OnnxModel, type OnnxNode, type OnnxTensor } from '../onnx/model.js';
import { byteEncoding, layerBytes, type ByteEncoding, type LayerBytes, type Range } from './encoding.js';
import { planEightBit, type EightBitNode, type EightBitPlan } from './plan.js';

/** The range of each value that is kept in bytes, by the name that `observedModel` gives it. */
export type Ranges = ReadonlyMap<string, Range>;

/**
 * The same network in 8 bits: between its convolutions, numbers are bytes. It is written in ONNX's own terms, float32 operators between
 * pairs of QuantizeLinear and DequantizeLinear, which onnxruntime turns into operators on bytes.
 *
 * @throws IchorError `nn/ranges` when the ranges are not those of this network, `nn/parameter` for weights that are not finite
 */
export function quantizedModel(model: OnnxModel, ranges: Ranges): OnnxModel {
  const plan = planEightBit(model);
  const writer = new QuantizedGraph(model, encodings(model, plan, ranges));
  for (const { name } of model.inputs) if (plan.values.has(name)) writer.keepInBytes(name);
  for (const node of model.nodes) {
    if (plan.absorbed.has(node)) continue;
    const chosen = plan.nodes.get(node.name);
    if (chosen !== undefined) writer.inBytes(chosen);
    else writer.inFloat(node, plan.values.has(node.outputs[0] ?? ''));
  }
  return writer.model();
}

function encodings(
  { name }: OnnxModel,
  { values, shared }: EightBitPlan,
  ranges: Ranges,
): ReadonlyMap<string, ByteEncoding> {
  const needed = new Set(values.values());
  const stranger = [...ranges.keys()].find((key) => !needed.has(key));
  if (stranger !== undefined) throw wrongRanges(name, `they name ${stranger}, which it does not have`);
  const whole = new Map<string, Range>();
  for (const [value, key] of values) {
    const range = ranges.get(key);
    if (range === undefined) throw wrongRanges(name, `they lack ${key}`);
    // Float32, as the network itself: larger numbers have no scale.
    if (!(Number.isFinite(Math.fround(range.high - range.low)) && range.low <= range.high))
      throw wrongRanges(name, `that of ${key} is ${range.low} to ${range.high}`);
    const group = shared.get(value) ?? value;
    const { low, high } = whole.get(group) ?? range;
    whole.set(group, { low: Math.min(low, range.low), high: Math.max(high, range.high) });
  }
  return new Map(
    [...values.keys()].map((value) => [value, byteEncoding(present(whole.get(shared.get(value) ?? value)))]),
  );
}

function wrongRanges(network: string, what: string): IchorError {
  return new IchorError({
    code: 'nn/ranges',
    reason: `the ranges are not those of ${network}: ${what}`,
    remedy: 'measure them again with this version and these settings',
  });
}

function wholeNumbers(
  name: string,
  weight: Float32Array,
  bias: Float32Array,
  inputScale: number,
): LayerBytes {
  try {
    return layerBytes(weight, bias, inputScale);
  } catch (cause) {
    throw new IchorError({
      code: 'nn/parameter',
      reason: `${name} cannot be kept in 8 bits: ${messageOf(cause)}`,
      remedy: 'use weights of another epoch, or train again',
      cause,
    });
  }
}

class QuantizedGraph {
  readonly #model: OnnxModel;
  readonly #encodings: ReadonlyMap<string, ByteEncoding>;
  readonly #weights: ReadonlyMap<string, OnnxTensor>;
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers = new Map<string, OnnxTensor>();

  constructor(model: OnnxModel, encodings: ReadonlyMap<string, ByteEncoding>) {
    this.#model = model;
    this.#encodings = encodings;
    this.#weights = new Map(model.initializers.map((tensor) => [tensor.name, tensor]));
  }

  /** A node that computes in float32; what other nodes read in bytes is kept in bytes too. */
  inFloat(node: OnnxNode, isRead: boolean): void {
    this.#keepWeights(node.inputs);
    this.#nodes.push(node);
    if (isRead) this.keepInBytes(node.outputs[0] ?? '');
  }

  /** Bytes of a value that is computed in float32; those who compute in float32 read the value itself. */
  keepInBytes(value: string): void {
    this.#pair(value, value, `${value}/bytes`);
    this.#fromFloat.add(value);
  }

  readonly #fromFloat = new Set<string>();

  /** A node between bytes: it reads what was kept, and gives under its own name what can be kept. */
  inBytes({ node, absorbed, inputs, output }: EightBitNode): void {
    const sources = inputs.map((value) => (this.#fromFloat.has(value) ? `${value}/bytes` : value));
    const rounded = `${output}/exact`;
    // onnxruntime leaves out an activation that the rounding does: where the bytes begin at zero.
    const activates = absorbed !== undefined && absorbed.op !== 'Mul';
    const exact = activates ? `${output}/sum` : rounded;
    if (node.op === 'Conv') this.#convolution(node, sources, exact, this.#factor(absorbed));
    else if (node.op === 'BatchNormalization') this.#batchNorm(node, sources, exact);
    else if (node.op === 'Relu') this.#write('LeakyRelu', node, sources, exact, { alpha: float(0) });
    else this.#write(node.op, node, sources, exact, node.attributes);
    if (activates) {
      const [, ...limits] = absorbed.inputs;
      this.#keepWeights(limits);
      this.#write(absorbed.op, absorbed, [exact, ...limits], rounded, absorbed.attributes);
    }
    this.#pair(rounded, output, output);
  }

  model(): OnnxModel {
    return { ...this.#model, nodes: this.#nodes, initializers: [...this.#initializers.values()] };
  }

  #keepWeights(names: readonly string[]): void {
    for (const name of names) {
      const tensor = this.#weights.get(name);
      if (tensor !== undefined) this.#initializers.set(name, tensor);
    }
  }

  #write(
    op: string,
    { name }: OnnxNode,
    inputs: readonly string[],
    output: string,
    attributes: OnnxNode['attributes'],
  ): void {
    this.#nodes.push({ op, name, domain: '', inputs, outputs: [output], attributes });
  }

  #convolution(node: OnnxNode, sources: readonly string[], output: string, factor: number): void {
    const [input = '', weightName = '', biasName] = node.inputs;
    const weight = this.#floats(weightName);
    const bias =
      biasName === undefined ? new Float32Array(weight.shape[0] ?? 0) : this.#floats(biasName).data;
    const times = (values: Float32Array) => (factor === 1 ? values : values.map((value) => value * factor));
    const parameters = this.#layer(node.name, weight.shape, times(weight.data), times(bias), input);
    this.#write('Conv', node, [...sources, ...parameters], output, node.attributes);
  }

  /** The number that a product multiplies with; 1 for other nodes. */
  #factor(node: OnnxNode | undefined): number {
    if (node?.op !== 'Mul') return 1;
    const [number, ...others] = node.inputs.filter((input) => this.#weights.has(input));
    const [factor, ...rest] = number === undefined ? [] : this.#floats(number).data;
    if (factor !== undefined && others.length === 0 && rest.length === 0) return factor;
    throw new IchorError({ code: 'nn/eight-bit', reason: `${node.name} does not multiply with one number` });
  }

  /** An affine function of each channel: a convolution of one pixel and one channel each, which onnxruntime has on bytes. */
  #batchNorm(node: OnnxNode, sources: readonly string[], output: string): void {
    const [input = '', scale = '', shift = ''] = node.inputs;
    const factors = this.#floats(scale).data;
    const parameters = this.#layer(
      node.name,
      [factors.length, 1, 1, 1],
      factors,
      this.#floats(shift).data,
      input,
    );
    this.#write('Conv', node, [...sources, ...parameters], output, {
      kernel_shape: ints([1, 1]),
      group: int(factors.length),
    });
  }

  /** Names of the weights and the bias of a layer, as float32 to those who read them. */
  #layer(
    name: string,
    shape: readonly number[],
    weight: Float32Array,
    bias: Float32Array,
    input: string,
  ): string[] {
    const { scale } = this.#encoding(input);
    const { weights, scales, bias: whole } = wholeNumbers(name, weight, bias, scale);
    const byOutput = { axis: int(0) };
    return [
      this.#dequantized(`${name}.weight`, { shape, data: weights }, scales, byOutput),
      this.#dequantized(
        `${name}.bias`,
        { shape: [bias.length], data: whole },
        scales.map((one) => one * scale),
        byOutput,
      ),
    ];
  }

  #dequantized(
    name: string,
    { shape, data }: Pick<OnnxTensor, 'shape' | 'data'>,
    scales: Float32Array,
    attributes: OnnxNode['attributes'],
  ): string {
    this.#initializers.set(`${name}/whole`, { name: `${name}/whole`, shape, data });
    this.#initializers.set(`${name}/scale`, { name: `${name}/scale`, shape: [scales.length], data: scales });
    this.#nodes.push({
      op: 'DequantizeLinear',
      name,
      domain: '',
      inputs: [`${name}/whole`, `${name}/scale`],
      outputs: [name],
      attributes,
    });
    return name;
  }

  /** The value as bytes, and these as numbers again under the name `to`. */
  #pair(exact: string, value: string, to: string): void {
    const { scale, zeroPoint } = this.#encoding(value);
    const kept = `${value}/kept`;
    const encoding = [`${value}/scale`, `${value}/zero`];
    const [scaleName = '', zeroName = ''] = encoding;
    this.#initializers.set(scaleName, { name: scaleName, shape: [], data: Float32Array.of(scale) });
    this.#initializers.set(zeroName, { name: zeroName, shape: [], data: Uint8Array.of(zeroPoint) });
    const node = (op: string, from: string, result: string): OnnxNode => ({
      op,
      name: `${value}/${op}`,
      domain: '',
      inputs: [from, ...encoding],
      outputs: [result],
      attributes: {},
    });
    this.#nodes.push(node('QuantizeLinear', exact, kept), node('DequantizeLinear', kept, to));
  }

  #encoding(value: string): ByteEncoding {
    const encoding = this.#encodings.get(value);
    if (encoding !== undefined) return encoding;
    throw new IchorError({ code: 'nn/ranges', reason: `${value} has no range` });
  }

  #floats(name: string): { readonly shape: readonly number[]; readonly data: Float32Array } {
    const tensor = this.#weights.get(name);
    if (tensor?.data instanceof Float32Array) return { shape: tensor.shape, data: tensor.data };
    throw new IchorError({ code: 'nn/parameter', reason: `${name} is not a tensor of float32` });
  }
}
