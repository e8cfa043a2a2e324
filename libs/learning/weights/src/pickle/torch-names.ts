import type { Dtype } from '../dtype.js';
import {
  dict,
  isKind,
  tuple,
  type Opaque,
  type PickleCallable,
  type PickleValue,
  type StorageReference,
  type TensorReference,
} from './values.js';

/** Storage classes of torch and the type of their elements. */
const storageDtypes: Readonly<Record<string, Dtype>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

const STORAGE_PREFIX = 'torch.storage-class.';

/** PyTorch itself allows 64 dimensions; weights have at most 5. */
const MOST_DIMENSIONS = 64;

type Call = PickleCallable['call'];

const rebuildTensor: Call = ([storage, offset, shape, stride]): TensorReference => {
  if (!isKind(storage, 'storage')) throw new TypeError('the first is not a storage');
  const tensor = {
    kind: 'tensor',
    storage,
    offset: size(offset),
    shape: sizes(shape),
    stride: sizes(stride),
  } as const;
  if (tensor.shape.length !== tensor.stride.length || tensor.shape.length > MOST_DIMENSIONS) {
    throw new TypeError(`${tensor.shape.length} sizes and ${tensor.stride.length} strides`);
  }
  return tensor;
};

/** A parameter is its tensor here. */
const rebuildParameter: Call = ([tensor]) => {
  if (!isKind(tensor, 'tensor')) throw new TypeError('the first is not a tensor');
  return tensor;
};

/** OrderedDict(), or OrderedDict([[key, value], ...]) as Python 2 writes it. */
const orderedDict: Call = ([pairs]) => {
  const made = dict();
  if (pairs === undefined) return made;
  if (!isKind(pairs, 'list') && !isKind(pairs, 'tuple')) throw new TypeError('the first is not a list');
  for (const pair of pairs.items) {
    const items = isKind(pair, 'list') || isKind(pair, 'tuple') ? pair.items : [];
    const [key, value] = items;
    if (items.length !== 2 || key === undefined || value === undefined) throw new TypeError('not pairs');
    made.entries.set(key, value);
  }
  return made;
};

/** The little-endian numpy scalars that turn up as scores and counters. */
const numpyScalars: Readonly<Record<string, (view: DataView) => number>> = {
  f8: (view) => view.getFloat64(0, true),
  f4: (view) => view.getFloat32(0, true),
  i8: (view) => Number(view.getBigInt64(0, true)),
  i4: (view) => view.getInt32(0, true),
};

const numpyScalar: Call = ([dtype, bytes]) => {
  if (!isKind(dtype, 'opaque') || !(bytes instanceof Uint8Array))
    throw new TypeError('not a dtype and bytes');
  const read = numpyScalars[dtype.name];
  if (read === undefined || bytes.byteLength !== Number(dtype.name.slice(1))) {
    throw new TypeError(`${bytes.byteLength} bytes of dtype ${dtype.name}`);
  }
  return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
};

const calls: Readonly<Record<string, Call>> = {
  'collections.OrderedDict': orderedDict,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': rebuildParameter,
  'torch._utils._rebuild_parameter_with_state': rebuildParameter,
  'torch.Size': ([items]) => tuple(sizes(items)),
  'torch.device': ([name]) => opaque(`device ${String(name)}`),
  'numpy.core.multiarray.scalar': numpyScalar,
  'numpy._core.multiarray.scalar': numpyScalar,
  'numpy.dtype': ([name]) => opaque(String(name)),
  // Protocol 2 writes bytes as their latin-1 text.
  '_codecs.encode': ([text, encoding]) => {
    if (typeof text !== 'string' || encoding !== 'latin1') throw new TypeError('not text and latin1');
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  },
};

const constants = new Set(
  ['float64', 'float32', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'].map(
    (name) => `torch.${name}`,
  ),
);

/** The value of a name, undefined for all but the few that weight files need. */
export function findTorchName(module: string, name: string): PickleValue | undefined {
  const path = `${module}.${name}`;
  const call = Object.hasOwn(calls, path) ? calls[path] : undefined;
  if (call !== undefined) return { kind: 'callable', name: path, call };
  if (constants.has(path)) return opaque(path);
  if (module === 'torch' && Object.hasOwn(storageDtypes, name)) return opaque(STORAGE_PREFIX + name);
  return undefined;
}

/**
 * The storage of a persistent identifier `('storage', class, key, device, elements[, view])`.
 *
 * @returns undefined when it is anything else, such as the class of a module pickled whole
 */
export function storageOf(id: PickleValue): StorageReference | undefined {
  if (!isKind(id, 'tuple')) return undefined;
  const [tag, type, key, , elements, view] = id.items;
  if (tag !== 'storage' || !isKind(type, 'opaque') || typeof key !== 'string') return undefined;
  const dtype = storageDtypes[type.name.slice(STORAGE_PREFIX.length)];
  if (dtype === undefined || !type.name.startsWith(STORAGE_PREFIX) || !isSize(elements)) return undefined;
  if (!isKind(view, 'tuple')) {
    return { kind: 'storage', key, dtype, elements, viewOffset: 0, viewElements: elements };
  }
  const [, viewOffset, viewElements] = view.items;
  if (!isSize(viewOffset) || !isSize(viewElements) || viewOffset + viewElements > elements) return undefined;
  return { kind: 'storage', key, dtype, elements, viewOffset, viewElements };
}

function opaque(name: string): Opaque {
  return { kind: 'opaque', name };
}

function isSize(value: PickleValue | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function size(value: PickleValue | undefined): number {
  if (!isSize(value)) throw new TypeError('a size is not a whole number');
  return value;
}

function sizes(value: PickleValue | undefined): number[] {
  if (!isKind(value, 'tuple') && !isKind(value, 'list')) throw new TypeError('sizes are no tuple');
  return value.items.map(size);
}
