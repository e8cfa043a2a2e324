import { present } from '@ichor/files/present';
import { elementCount, type StateDict, type Tensor } from '@ichor/nn';
import { dtypes, toFloat32 } from './dtype.js';
import { WeightsError } from './error.js';
import type { StorageReference, TensorReference } from './pickle/values.js';

/** Reads all bytes of a storage: `elements` times the element size. */
export type StorageReader = (storage: StorageReference) => Promise<Uint8Array>;

/** Float32 of a file of bytes is at most four times as large; the rest is for storages that tensors share. */
const EXPANSION = 4;
const SHARED_BYTES = 64 * 1024 * 1024;

/**
 * Turns references into dense float32 tensors: strides resolved, shared storages read once, copied per tensor.
 *
 * @param references those with the same storage key agree on its type and size
 * @param fileSize bounds what is allocated: views may repeat elements, but not without limit
 * @throws WeightsError `weights/too-large`, `weights/storage` when a tensor leaves its storage
 */
export async function loadTensors(
  file: string,
  references: ReadonlyMap<string, TensorReference>,
  readStorage: StorageReader,
  fileSize: number,
): Promise<StateDict> {
  const limit = EXPANSION * fileSize + SHARED_BYTES;
  let bytes = 0;
  const byStorage = new Map<string, string[]>();
  for (const [name, reference] of references) {
    checkInsideStorage(file, name, reference);
    bytes += 4 * elementCount(reference.shape);
    // The product of huge sizes and a zero is not a number, which is not within the limit either.
    if (!(bytes <= limit)) {
      throw new WeightsError({
        code: 'weights/too-large',
        file,
        reason: `its tensors would take more than ${limit} bytes, the file has ${fileSize}`,
        remedy: 'a tensor repeats its elements; save contiguous copies',
      });
    }
    const { key } = reference.storage;
    const group = byStorage.get(key);
    if (group === undefined) byStorage.set(key, [name]);
    else group.push(name);
  }

  const loaded = new Map<string, Tensor>();
  for (const names of byStorage.values()) {
    let values: Float32Array | undefined;
    for (const name of names) {
      const reference = references.get(name);
      if (reference === undefined) continue;
      values ??= toFloat32(await readStorage(reference.storage), reference.storage.dtype);
      const whole = names.length === 1 && isWhole(reference);
      const data = whole ? values : dense(values, reference);
      loaded.set(name, { shape: reference.shape, data });
    }
  }
  return new Map([...references.keys()].flatMap((name) => [...entryOf(loaded, name)]));
}

/** Bytes of a storage, checked to be no more than the file can hold. */
export function storageBytes(
  file: string,
  { key, dtype, elements }: StorageReference,
  fileSize: number,
): number {
  const bytes = elements * dtypes[dtype];
  if (bytes > fileSize) {
    throw new WeightsError({
      code: 'weights/storage',
      file,
      reason: `storage ${key} declares ${bytes} bytes, the file has ${fileSize}`,
      remedy: 'the file is incomplete or damaged; download it again',
    });
  }
  return bytes;
}

function* entryOf(tensors: ReadonlyMap<string, Tensor>, name: string): Generator<[string, Tensor]> {
  const tensor = tensors.get(name);
  if (tensor !== undefined) yield [name, tensor];
}

function checkInsideStorage(
  file: string,
  name: string,
  { storage, offset, shape, stride }: TensorReference,
): void {
  if (shape.includes(0)) return;
  const last = shape.reduce((index, size, axis) => index + (size - 1) * present(stride[axis]), offset);
  if (last >= storage.viewElements) {
    throw new WeightsError({
      code: 'weights/storage',
      file,
      reason: `${name} reads element ${last} of a storage of ${storage.viewElements}`,
      remedy: 'the file is damaged; download it again',
    });
  }
}

function isContiguous({ shape, stride }: TensorReference): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && stride[axis] !== step) return false;
    step *= present(shape[axis]);
  }
  return true;
}

function isWhole(reference: TensorReference): boolean {
  const { storage, offset, shape } = reference;
  return (
    offset === 0 &&
    storage.viewOffset === 0 &&
    elementCount(shape) === storage.elements &&
    isContiguous(reference)
  );
}

/** A copy in C order. */
function dense(values: Float32Array, reference: TensorReference): Float32Array {
  const { storage, shape, stride } = reference;
  const start = storage.viewOffset + reference.offset;
  const count = elementCount(shape);
  if (isContiguous(reference)) return values.slice(start, start + count);
  const data = new Float32Array(count);
  const sizes = Uint32Array.from(shape);
  const steps = Float64Array.from(stride);
  const index = new Uint32Array(sizes.length);
  let from = start;
  for (let i = 0; i < count; i++) {
    data[i] = values[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < sizes[axis]!) break;
      from -= sizes[axis]! * steps[axis]!;
      index[axis] = 0;
    }
  }
  return data;
}
