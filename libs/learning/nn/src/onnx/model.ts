import { ONNX_TYPE } from '../precision.js';
import { ProtobufWriter } from './protobuf.js';

/** Attribute of an ONNX node; `int` and `float` look alike in JavaScript, so each says what it is. */
export type OnnxAttribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'string'; readonly value: string }
  /** The body of a loop. */
  | { readonly kind: 'graph'; readonly value: OnnxSubgraph };

export const int = (value: number): OnnxAttribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): OnnxAttribute => ({ kind: 'ints', value });
export const float = (value: number): OnnxAttribute => ({ kind: 'float', value });
export const string = (value: string): OnnxAttribute => ({ kind: 'string', value });

export type OnnxAttributes = Readonly<Record<string, OnnxAttribute>>;

export interface OnnxNode {
  readonly op: string;
  readonly name: string;
  /** Empty for the operators of ONNX itself. */
  readonly domain: string;
  /** An empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OnnxAttributes;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array | WholeNumbers | HalfData;
}

/** What networks in 8 bits are made of. */
type WholeNumbers = Int8Array | Uint8Array | Int32Array;

/** Numbers in half precision. */
interface HalfData {
  readonly precision: 'bf16' | 'float16';
  readonly bits: Uint16Array;
}

export interface OnnxValue {
  readonly name: string;
  /** A string names a size that may change from run to run. */
  readonly shape: readonly (number | string)[];
  /** A sequence of such tensors. */
  readonly isSequence?: boolean;
}

/** A graph inside another one, whose values it may read by name. */
export interface OnnxSubgraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxModel extends OnnxSubgraph {
  /** Version of the operator set of each domain in use. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
}

const INT64 = 7;
/** TensorProto.DataLocation. */
const EXTERNAL = 1;
const WHOLE_NUMBERS = { Uint8Array: 2, Int8Array: 3, Int32Array: 6 } as const;
/** IR version 8 belongs to the operator sets 15 to 18. */
const IR_VERSION = 8;

/** Bytes from which on a tensor lies outside of a split model: what is smaller costs more to look up than to copy. */
const LARGE = 1 << 14;

/** An ONNX model without its large tensors, and these beside it. */
export interface SplitModel {
  readonly model: Uint8Array;
  /** By the name under which the model refers to each: the arrays themselves, not copies. */
  readonly tensors: readonly { readonly path: string; readonly data: Uint8Array }[];
}

/** The same as {@link encodeModel}, with large tensors as external data: the weights of a network are in memory once less. */
export function encodeSplitModel(model: OnnxModel): SplitModel {
  const tensors = model.initializers
    .map(({ name, data }) => ({ path: name, data: bytesOf(data) }))
    .filter(({ data }) => data.byteLength >= LARGE);
  return { model: encodeModel(model, new Set(tensors.map(({ path }) => path))), tensors };
}

/**
 * The bytes of an `.onnx` file; field numbers as in onnx.proto3.
 *
 * @param outside names of initializers that are external data under their own name
 */
export function encodeModel(model: OnnxModel, outside: ReadonlySet<string> = new Set()): Uint8Array {
  const writer = new ProtobufWriter()
    .integer(1, IR_VERSION)
    .string(2, 'ichor')
    .message(7, graph(model, outside));
  for (const [domain, version] of Object.entries(model.opsets)) {
    writer.message(8, new ProtobufWriter().string(1, domain).integer(2, version));
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    writer.message(14, new ProtobufWriter().string(1, key).string(2, value));
  }
  return writer.finish();
}

function graph(model: OnnxSubgraph, outside: ReadonlySet<string> = new Set()): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const node of model.nodes) writer.message(1, encodeNode(node));
  writer.string(2, model.name);
  for (const tensor of model.initializers) writer.message(5, encodeTensor(tensor, outside.has(tensor.name)));
  for (const input of model.inputs) writer.message(11, encodeValue(input));
  for (const output of model.outputs) writer.message(12, encodeValue(output));
  return writer;
}

function encodeNode(node: OnnxNode): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, node.name).string(4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, encodeAttribute(name, attribute));
  }
  return node.domain === '' ? writer : writer.string(7, node.domain);
}

function encodeAttribute(name: string, attribute: OnnxAttribute): ProtobufWriter {
  const writer = new ProtobufWriter().string(1, name);
  switch (attribute.kind) {
    case 'float':
      return writer.float(2, attribute.value).integer(20, 1);
    case 'int':
      return writer.integer(3, attribute.value).integer(20, 2);
    case 'string':
      return writer.string(4, attribute.value).integer(20, 3);
    case 'floats':
      return writer.packedFloats(7, attribute.value).integer(20, 6);
    case 'ints':
      return writer.packedIntegers(8, attribute.value).integer(20, 7);
    case 'graph':
      return writer.message(6, graph(attribute.value)).integer(20, 5);
  }
}

/** ONNX stores little-endian bytes, as every machine does that these engines run on. */
function bytesOf(data: OnnxTensor['data']): Uint8Array {
  const { buffer, byteOffset, byteLength } = 'bits' in data ? data.bits : data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function encodeTensor({ name, shape, data }: OnnxTensor, isOutside: boolean): ProtobufWriter {
  const writer = new ProtobufWriter().packedIntegers(1, shape).integer(2, elementType(data)).string(8, name);
  if (!isOutside) return writer.bytes(9, bytesOf(data));
  const entry = (key: string, value: string) => new ProtobufWriter().string(1, key).string(2, value);
  return writer
    .message(13, entry('location', name))
    .message(13, entry('length', String(bytesOf(data).byteLength)))
    .integer(14, EXTERNAL);
}

function elementType(data: OnnxTensor['data']): number {
  if ('bits' in data) return ONNX_TYPE[data.precision];
  if (data instanceof Float32Array) return ONNX_TYPE.float32;
  if (data instanceof Int8Array) return WHOLE_NUMBERS.Int8Array;
  if (data instanceof Uint8Array) return WHOLE_NUMBERS.Uint8Array;
  return data instanceof Int32Array ? WHOLE_NUMBERS.Int32Array : INT64;
}

function encodeValue({ name, shape, isSequence = false }: OnnxValue): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const size of shape) {
    const dimension = new ProtobufWriter();
    dimensions.message(1, typeof size === 'number' ? dimension.integer(1, size) : dimension.string(2, size));
  }
  const tensor = new ProtobufWriter().integer(1, ONNX_TYPE.float32).message(2, dimensions);
  const type = new ProtobufWriter().message(1, tensor);
  const sequence = () => new ProtobufWriter().message(4, new ProtobufWriter().message(1, type));
  return new ProtobufWriter().string(1, name).message(2, isSequence ? sequence() : type);
}
