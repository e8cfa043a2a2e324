import { IchorError } from '@ichor/files/error';
import type { OnnxValue } from './model.js';

/** What an `.onnx` file says of itself, without its nodes and weights. */
export interface OnnxDescription {
  readonly metadata: ReadonlyMap<string, string>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/**
 * Reads metadata, inputs and outputs of an ONNX model; field numbers as in onnx.proto3. Weights are skipped.
 *
 * @throws IchorError `nn/onnx` for bytes that are cut off or no ONNX model
 */
export function describeOnnx(bytes: Uint8Array): OnnxDescription {
  const metadata = new Map<string, string>();
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  let graphs = 0;
  for (const { field, value } of messageFields(bytes)) {
    if (field === 14 && value instanceof Uint8Array) {
      const entry = texts(value);
      metadata.set(entry.get(1) ?? '', entry.get(2) ?? '');
    }
    if (field !== 7 || !(value instanceof Uint8Array)) continue;
    graphs++;
    for (const part of messageFields(value)) {
      if (part.field === 11) inputs.push(describeValue(part.value));
      if (part.field === 12) outputs.push(describeValue(part.value));
    }
  }
  if (graphs !== 1) throw notOnnx(`it holds ${graphs} graphs instead of one`);
  return { metadata, inputs, outputs };
}

/** A ValueInfoProto: name, and type.tensor_type.shape.dim. */
function describeValue(value: Uint8Array | number): OnnxValue {
  const dimensions = [2, 1, 2].reduce((message, field) => inside(message, field), value);
  const shape = fieldsOf(dimensions).map(({ value: dimension }) => {
    const [size] = fieldsOf(dimension);
    return size?.field === 1 && typeof size.value === 'number' ? size.value : textOf(size?.value);
  });
  return { name: textOf(inside(value, 1)), shape };
}

function inside(message: Uint8Array | number, field: number): Uint8Array | number {
  return fieldsOf(message).find((one) => one.field === field)?.value ?? new Uint8Array();
}

const fieldsOf = (message: Uint8Array | number) =>
  message instanceof Uint8Array ? [...messageFields(message)] : [];

const textOf = (value: Uint8Array | number | undefined) =>
  value instanceof Uint8Array ? new TextDecoder().decode(value) : '';

const texts = (message: Uint8Array) =>
  new Map([...messageFields(message)].map(({ field, value }) => [field, textOf(value)]));

interface Field {
  readonly field: number;
  /**
   * Bytes of a string or message, or an integer (exact up to 2^53). Fixed-width numbers are 0, because no
   * caller needs them.
   */
  readonly value: Uint8Array | number;
}

/** Fields of a message in the wire format of Protocol Buffers; nothing is copied. */
function* messageFields(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw notOnnx('it ends in the middle of a number');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw notOnnx('it holds a number of more than ten bytes');
  };
  const skip = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw notOnnx('it ends in the middle of a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        yield { field, value: varint() };
        break;
      case 1:
        skip(8);
        yield { field, value: 0 };
        break;
      case 2:
        yield { field, value: skip(varint()) };
        break;
      case 5:
        skip(4);
        yield { field, value: 0 };
        break;
      default:
        throw notOnnx('it holds a field of unknown kind');
    }
  }
}

function notOnnx(reason: string): IchorError {
  return new IchorError({
    code: 'nn/onnx',
    reason: `is not an ONNX model: ${reason}`,
    remedy: 'make or copy the file again',
  });
}
