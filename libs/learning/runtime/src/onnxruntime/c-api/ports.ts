import { EngineError } from '../../error.js';
import { cell, type CApi, type Pointer } from './c-api.js';
import type { StatusFunction } from './functions.js';

/** Values of an input or an output, read or written where they are; also in shared memory. */
export interface NativeTensor {
  readonly shape: readonly number[];
  readonly data: NodeJS.TypedArray;
}

/** An input or output of a model. */
export interface NativePort {
  /** Of ONNXTensorElementDataType. */
  readonly type: number;
  /**
   * -1: any size. Undefined where the model states no shape; a single number looks the same in onnxruntime's description. There
   * onnxruntime itself refuses a value of another shape.
   */
  readonly shape: readonly number[] | undefined;
}

/** Element types of onnxruntime, by number, and the arrays that hold their bytes. */
const elementTypes = new Map<number, { readonly name: string; readonly array: string }>([
  [1, { name: 'float32', array: 'Float32Array' }],
  [2, { name: 'uint8', array: 'Uint8Array' }],
  [3, { name: 'int8', array: 'Int8Array' }],
  [4, { name: 'uint16', array: 'Uint16Array' }],
  [5, { name: 'int16', array: 'Int16Array' }],
  [6, { name: 'int32', array: 'Int32Array' }],
  [7, { name: 'int64', array: 'BigInt64Array' }],
  [9, { name: 'bool', array: 'Uint8Array' }],
  [10, { name: 'float16', array: 'Uint16Array' }],
  [11, { name: 'float64', array: 'Float64Array' }],
  [12, { name: 'uint32', array: 'Uint32Array' }],
  [13, { name: 'uint64', array: 'BigUint64Array' }],
]);

export type Side = 'input' | 'output';

/** The ports of one side of a session by name, in its order. Values that are no tensors are left out: no array can hold them. */
export function readPorts(api: CApi, session: Pointer, side: Side): ReadonlyMap<string, NativePort> {
  const allocator = api.create('defaultAllocator');
  const count = Number(api.create(`${side}Count`, session));
  const ports = new Map<string, NativePort>();
  for (let index = 0; index < count; index++) {
    const text = api.create(`${side}Name`, session, index, allocator);
    const name = api.text(text);
    api.call('allocatorFree', allocator, text);
    const type = api.create(`${side}Type`, session, index);
    try {
      const port = readPort(api, type);
      if (port !== undefined) ports.set(name, port);
    } finally {
      api.release('releaseTypeInfo', type);
    }
  }
  return ports;
}

/** @param type owns what is read from it */
function readPort(api: CApi, type: Pointer): NativePort | undefined {
  const info = api.create('tensorInfo', type);
  if (info === 0n) return undefined;
  const rank = Number(api.create('dimensionCount', info));
  const sizes = new BigInt64Array(new ArrayBuffer(8 * rank));
  if (rank > 0) api.call('dimensions', info, sizes, rank);
  return {
    type: number32(api, 'elementType', info),
    shape: rank === 0 ? undefined : Array.from(sizes, Number),
  };
}

/** A number of 32 bits that a function writes. */
function number32(api: CApi, name: StatusFunction, of: Pointer): number {
  const out = cell();
  api.call(name, of, out);
  return Number(BigInt.asUintN(32, out[0]!));
}

/**
 * Everything that could make onnxruntime read or write beyond an array.
 *
 * @throws EngineError `runtime/input` or `runtime/output`
 */
export function checkTensor(
  side: Side,
  name: string,
  port: NativePort | undefined,
  { shape, data }: NativeTensor,
): void {
  const refuse = (reason: string): never => {
    throw new EngineError({ code: `runtime/${side}`, reason: `${side} "${name}" ${reason}` });
  };
  if (port === undefined) return refuse('is no tensor of the model');
  const type = elementTypes.get(port.type);
  if (type === undefined) return refuse(`has elements of a type (${port.type}) that no array holds`);
  const given = data.constructor.name;
  if (given !== type.array) return refuse(`is ${type.name} and needs a ${type.array}, received a ${given}`);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    return refuse(`has a shape that is none: [${shape.join(', ')}]`);
  const fits =
    port.shape === undefined ||
    (port.shape.length === shape.length && port.shape.every((size, i) => size < 0 || size === shape[i]));
  if (!fits) return refuse(`expects [${port.shape?.join(', ')}], received [${shape.join(', ')}]`);
  const length = shape.reduce((product, size) => product * size, 1);
  if (data.length !== length)
    return refuse(`of shape [${shape.join(', ')}] needs ${length} numbers, has ${data.length}`);
  if (data.buffer instanceof ArrayBuffer && 'resizable' in data.buffer && data.buffer.resizable === true)
    return refuse('is in memory that can shrink during the run');
}
