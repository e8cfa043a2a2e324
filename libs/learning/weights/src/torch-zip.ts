import type { ByteSource } from './byte-source.js';
import { WeightsError } from './error.js';
import { PickleEnd, PickleReader } from './pickle/reader.js';
import { PickleBudget } from './pickle/unpickle.js';
import type { PickleValue } from './pickle/values.js';
import { bigEndian, loadTorchPickle, type TorchContent } from './torch-pickle.js';
import { storageBytes } from './torch-tensors.js';
import { readZipDirectory, readZipEntry } from './zip.js';

/** The pickle of a state dict has about 200 bytes a tensor. */
const LARGEST_PICKLE = 64 * 1024 * 1024;

/**
 * The zip form of `torch.save`, the default since PyTorch 1.6: `<archive>/data.pkl` and one stored entry
 * `<archive>/data/<key>` for each storage.
 */
export async function openTorchZip(source: ByteSource): Promise<TorchContent> {
  const entries = await readZipDirectory(source);
  const pickle = [...entries.values()].find(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const archive = pickle?.name.slice(0, -'data.pkl'.length) ?? '';
  if (pickle === undefined || entries.has(`${archive}constants.pkl`)) {
    throw new WeightsError({
      code: 'weights/unknown-format',
      file: source.name,
      reason: pickle === undefined ? 'the zip archive has no data.pkl' : 'this is a TorchScript program',
      remedy: 'in Python, save the state dict: torch.save(model.state_dict(), path)',
    });
  }
  if (pickle.size > LARGEST_PICKLE) {
    throw new WeightsError({
      code: 'weights/too-large',
      file: source.name,
      reason: `its pickle has ${pickle.size} bytes, the limit is ${LARGEST_PICKLE}`,
    });
  }
  const byteOrder = entries.get(`${archive}byteorder`);
  if (byteOrder !== undefined && byteOrder.size <= 16) {
    const order = new TextDecoder().decode(await readZipEntry(source, byteOrder)).trim();
    if (order !== 'little') throw bigEndian(source.name);
  }
  const reader = new PickleReader(await readZipEntry(source, pickle));
  return {
    root: unpickle(source.name, reader),
    async readStorage(storage) {
      const entry = entries.get(`${archive}data/${storage.key}`);
      const expected = storageBytes(source.name, storage, source.size);
      if (entry === undefined || entry.size !== expected) {
        throw new WeightsError({
          code: 'weights/storage',
          file: source.name,
          reason: `storage ${storage.key} should have ${expected} bytes, ${entry === undefined ? 'it is not there' : `it has ${entry.size}`}`,
          remedy: 'the file is incomplete or damaged; download it again',
        });
      }
      return readZipEntry(source, entry);
    },
  };
}

function unpickle(file: string, reader: PickleReader): PickleValue {
  try {
    return loadTorchPickle(file, reader, new PickleBudget());
  } catch (cause) {
    if (!(cause instanceof PickleEnd)) throw cause;
    throw new WeightsError({ code: 'weights/truncated', file, reason: 'the pickle ends early', cause });
  }
}
