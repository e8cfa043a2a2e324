import { openAtomic } from '@ichor/files';
import { elementCount, type StateDict, type Tensor } from '@ichor/nn';
import { openByteSource, readBytes, type ByteSource } from './byte-source.js';
import { toFloat32 } from './dtype.js';
import { WeightsError } from './error.js';
import {
  LARGEST_HEADER,
  parseSafetensorsHeader,
  type SafetensorsHeader,
  type TensorEntry,
} from './safetensors-header.js';

/** A safetensors file whose tensors are read one by one, by position. */
export interface SafetensorsFile {
  readonly header: SafetensorsHeader;
  /**
   * Reads one tensor, as float32.
   *
   * @throws WeightsError `weights/missing` when the file has no tensor of this name.
   */
  read(name: string): Promise<Tensor>;
  close(): Promise<void>;
}

export interface SafetensorsContent {
  readonly tensors: StateDict;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Opens a file and checks its header.
 *
 * @throws WeightsError `weights/header`, `weights/header-too-large`, `weights/dtype`, `weights/offsets`,
 * `weights/truncated`
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const source = await openByteSource(path);
  try {
    return await openSafetensorsSource(source);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * Reads and checks the header; nothing larger than the file is ever allocated.
 *
 * @throws WeightsError `weights/header`, `weights/header-too-large`, `weights/dtype`, `weights/offsets`,
 * `weights/truncated`
 */
export async function openSafetensorsSource(source: ByteSource): Promise<SafetensorsFile> {
  const prefix = await readBytes(source, 0, 8);
  const headerBytes = new DataView(prefix.buffer).getBigUint64(0, true);
  if (headerBytes > BigInt(Math.min(LARGEST_HEADER, source.size - 8))) {
    throw new WeightsError({
      code: 'weights/header-too-large',
      file: source.name,
      reason: `the header declares ${headerBytes} bytes; the file has ${source.size}, the limit is ${LARGEST_HEADER}`,
      remedy: 'this is not a valid safetensors file',
    });
  }
  const dataStart = 8 + Number(headerBytes);
  const json = new TextDecoder().decode(await readBytes(source, 8, Number(headerBytes)));
  const header = parseSafetensorsHeader(source.name, json, source.size - dataStart);
  return {
    header,
    async read(name) {
      const entry = header.tensors.get(name);
      if (entry === undefined) {
        throw new WeightsError({
          code: 'weights/missing',
          file: source.name,
          reason: `holds no tensor named ${name}`,
        });
      }
      return readTensor(source, dataStart, entry);
    },
    close: () => source.close(),
  };
}

/** Reads all tensors, as float32, in the order of the header. */
export async function readSafetensors(path: string): Promise<SafetensorsContent> {
  const file = await openSafetensors(path);
  try {
    return { tensors: await readAll(file), metadata: file.header.metadata };
  } finally {
    await file.close();
  }
}

/** Every tensor of an open file. */
export async function readAll(file: SafetensorsFile): Promise<StateDict> {
  const tensors = new Map<string, Tensor>();
  for (const name of file.header.tensors.keys()) tensors.set(name, await file.read(name));
  return tensors;
}

async function readTensor(source: ByteSource, dataStart: number, entry: TensorEntry): Promise<Tensor> {
  const { dtype, shape, begin, end } = entry;
  const bytes = await readBytes(source, dataStart + begin, end - begin);
  return { shape, data: toFloat32(bytes, dtype) };
}

/**
 * Writes tensors as float32, first to a temporary file, so that the file is either complete or missing.
 *
 * @param metadata strings stored with the tensors; `format: 'pt'`, which the PyTorch loaders ask for, is added
 * @throws IchorError `files/not-writable`; WeightsError `weights/shape` when data and shape disagree
 */
export async function writeSafetensors(
  path: string,
  tensors: StateDict,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  let end = 0;
  const header: [string, unknown][] = [['__metadata__', { format: 'pt', ...metadata }]];
  for (const [name, { shape, data }] of tensors) {
    if (elementCount(shape) !== data.length || name === '__metadata__') {
      throw new WeightsError({
        code: 'weights/shape',
        file: path,
        reason: `${name} of shape [${shape.join(', ')}] has ${data.length} values`,
      });
    }
    header.push([name, { dtype: 'F32', shape, data_offsets: [end, (end += data.byteLength)] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Tensors start at a multiple of 8 bytes; the format fills with spaces.
  const start = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(json, 8);

  const file = await openAtomic(path);
  try {
    await file.write(start);
    for (const { data } of tensors.values()) {
      if (data.byteLength === 0) continue;
      await file.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  } catch (error) {
    await file.abort();
    throw error;
  }
  await file.commit();
}
