import { readBytes, type ByteSource } from './byte-source.js';
import { dtypes } from './dtype.js';
import { WeightsError } from './error.js';
import { PickleEnd, PickleReader } from './pickle/reader.js';
import { PickleBudget } from './pickle/unpickle.js';
import { isKind, type PickleValue, type StorageReference } from './pickle/values.js';
import { bigEndian, loadTorchPickle, type TorchContent } from './torch-pickle.js';
import { storageBytes } from './torch-tensors.js';

/** First value of a stream file. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

const FIRST_WINDOW = 1 << 20;
const LARGEST_PICKLES = 256 * 1024 * 1024;

/**
 * The stream form of `torch.save`, the only one before PyTorch 1.6 and that of most published weights.
 *
 * Five pickles (magic number, protocol, platform, content, storage keys), then for each key, in order, the
 * number of elements as int64 and the elements.
 */
export async function openTorchStream(source: ByteSource): Promise<TorchContent> {
  const limit = Math.min(source.size, LARGEST_PICKLES);
  for (let window = Math.min(limit, FIRST_WINDOW); ; window = Math.min(limit, window * 8)) {
    try {
      return await locateStorages(source, readPickles(source.name, await readBytes(source, 0, window)));
    } catch (cause) {
      if (!(cause instanceof PickleEnd)) throw cause;
      if (window < limit) continue;
      throw new WeightsError({
        code: 'weights/truncated',
        file: source.name,
        reason: 'the file ends inside its pickles',
        remedy: 'the file is incomplete; download it again',
        cause,
      });
    }
  }
}

/** Whether the bytes start as a stream file does: PROTO 2, LONG1 of 10 bytes, the magic number. */
export function isTorchStream(start: Uint8Array): boolean {
  if (start.length < 14 || start[0] !== 0x80 || start[2] !== 0x8a || start[3] !== 10) return false;
  return new PickleReader(start, 4).integer(10) === MAGIC;
}

interface Pickles {
  readonly root: PickleValue;
  readonly storages: ReadonlyMap<string, StorageReference>;
  readonly keys: readonly string[];
  /** Where the storages begin. */
  readonly end: number;
}

function readPickles(file: string, bytes: Uint8Array): Pickles {
  const reader = new PickleReader(bytes);
  const budget = new PickleBudget();
  loadTorchPickle(file, reader, budget);
  loadTorchPickle(file, reader, budget);
  const platform = loadTorchPickle(file, reader, budget);
  if (isKind(platform, 'dict') && platform.entries.get('little_endian') === false) throw bigEndian(file);

  const storages = new Map<string, StorageReference>();
  const root = loadTorchPickle(file, reader, budget, (storage) => void storages.set(storage.key, storage));
  const list = loadTorchPickle(file, reader, budget);
  const keys = isKind(list, 'list') ? list.items.filter((key) => typeof key === 'string') : [];
  return { root, storages, keys, end: reader.position };
}

async function locateStorages(source: ByteSource, pickles: Pickles): Promise<TorchContent> {
  const { root, storages, keys } = pickles;
  const starts = new Map<string, number>();
  let at = pickles.end;
  for (const key of keys) {
    const storage = storages.get(key);
    const elements = new DataView((await readBytes(source, at, 8)).buffer).getBigInt64(0, true);
    if (storage === undefined || starts.has(key) || elements !== BigInt(storage.elements)) {
      throw new WeightsError({
        code: 'weights/storage',
        file: source.name,
        reason: `storage ${key} has ${elements} elements, the pickle says ${storage?.elements ?? 'nothing about it'}`,
        remedy: 'the file is damaged; download it again',
      });
    }
    starts.set(key, at + 8);
    at += 8 + storageBytes(source.name, storage, source.size);
  }
  return {
    root,
    async readStorage({ key, dtype, elements }) {
      const start = starts.get(key);
      if (start === undefined) {
        throw new WeightsError({
          code: 'weights/storage',
          file: source.name,
          reason: `storage ${key} is not in the file`,
          remedy: 'the file is incomplete; download it again',
        });
      }
      return readBytes(source, start, elements * dtypes[dtype]);
    },
  };
}
