import { WeightsError } from './error.js';
import type { PickleReader } from './pickle/reader.js';
import { findTorchName, storageOf } from './pickle/torch-names.js';
import { Unpickler, type PickleBudget, type PickleWorld } from './pickle/unpickle.js';
import type { PickleValue, StorageReference } from './pickle/values.js';
import type { StorageReader } from './torch-tensors.js';

/** What was pickled, and how to reach the storages that it refers to. */
export interface TorchContent {
  readonly root: PickleValue;
  readonly readStorage: StorageReader;
}

/**
 * Builds the value of one pickle in a PyTorch file.
 *
 * @param budget of the file, for all of its pickles
 * @param onStorage told of each storage that the pickle refers to
 */
export function loadTorchPickle(
  file: string,
  reader: PickleReader,
  budget: PickleBudget,
  onStorage?: (storage: StorageReference) => void,
): PickleValue {
  const storages = new Map<string, StorageReference>();
  const world: PickleWorld = {
    find: findTorchName,
    persistent(id) {
      const storage = storageOf(id);
      if (storage === undefined) {
        throw new WeightsError({
          code: 'weights/pickle',
          file,
          reason: 'refers to an object that is not a tensor storage, perhaps a complete pickled module',
          remedy: 'in Python, save only the state dict: torch.save(model.state_dict(), path)',
        });
      }
      const { key, dtype, elements } = storage;
      const known = storages.get(key) ?? storage;
      if (known.dtype !== dtype || known.elements !== elements) {
        throw new WeightsError({
          code: 'weights/storage',
          file,
          reason: `storage ${key} is ${known.elements} of ${known.dtype}, elsewhere ${elements} of ${dtype}`,
          remedy: 'the file is damaged; download it again',
        });
      }
      storages.set(key, storage);
      onStorage?.(storage);
      return storage;
    },
  };
  return new Unpickler(file, reader, world, budget).load();
}

export function bigEndian(file: string): WeightsError {
  return new WeightsError({
    code: 'weights/unknown-format',
    file,
    reason: 'was written on a big-endian machine',
    remedy: 'save it again on a little-endian machine',
  });
}
