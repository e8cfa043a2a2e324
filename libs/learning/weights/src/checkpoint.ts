import type { StateDict } from '@ichor/nn';
import { openByteSource, readBytes, type ByteSource } from './byte-source.js';
import { WeightsError } from './error.js';
import { isKind, type PickleDict, type PickleValue, type TensorReference } from './pickle/values.js';
import { openSafetensorsSource, readAll } from './safetensors.js';
import { loadTensors } from './torch-tensors.js';
import { isTorchStream, openTorchStream } from './torch-stream.js';
import { openTorchZip } from './torch-zip.js';

export type CheckpointFormat = 'safetensors' | 'torch-zip' | 'torch-stream';

export interface Checkpoint {
  readonly format: CheckpointFormat;
  /** All tensors as float32, in the order of the file, without a `module.` that all share. */
  readonly tensors: StateDict;
  /** The entry of the file that held the tensors, e.g. `state_dict`; undefined when the file itself is the state dict. */
  readonly under: string | undefined;
  /** Whether every name began with `module.`, as `DataParallel` leaves it. */
  readonly strippedModule: boolean;
  /** Everything of the file that is not among the tensors. */
  readonly skipped: readonly SkippedEntry[];
}

/** An entry of a checkpoint that was not read. */
export interface SkippedEntry {
  readonly name: string;
  /** E.g. `tensor [6, 2048]`, `dict of 3 entries, 2 of them tensors`, `number`. */
  readonly holds: string;
}

export interface CheckpointOptions {
  /** The entry that holds the tensors. Default: the first of `state_dict`, `model`, `model_state_dict`, `net` that does, else the file itself. */
  readonly under?: string;
}

/** The entries in which training scripts store the state dict, next to optimizer and scores. */
const WRAPPERS = ['state_dict', 'model', 'model_state_dict', 'net'] as const;

/**
 * Reads weights of any format. The first bytes give the format, not the name.
 *
 * PyTorch files are unpickled by a machine that knows tensors and plain containers only; nothing of the file runs.
 *
 * @throws WeightsError, every code but those of matching and downloading
 */
export async function readCheckpoint(path: string, options: CheckpointOptions = {}): Promise<Checkpoint> {
  const source = await openByteSource(path);
  try {
    return await readCheckpointSource(source, options);
  } finally {
    await source.close();
  }
}

/** {@link readCheckpoint} for bytes that are open already. */
export async function readCheckpointSource(
  source: ByteSource,
  options: CheckpointOptions = {},
): Promise<Checkpoint> {
  const start = await readBytes(source, 0, Math.min(16, source.size));
  if (start[0] === 0x50 && start[1] === 0x4b) {
    const { root, readStorage } = await openTorchZip(source);
    return fromTorch('torch-zip', root, readStorage);
  }
  if (isTorchStream(start)) {
    const { root, readStorage } = await openTorchStream(source);
    return fromTorch('torch-stream', root, readStorage);
  }
  if (start[8] === 0x7b) {
    const file = await openSafetensorsSource(source);
    return { format: 'safetensors', ...withoutModule(await readAll(file)), under: undefined, skipped: [] };
  }
  throw new WeightsError({
    code: 'weights/unknown-format',
    file: source.name,
    reason: 'is neither safetensors nor a file of torch.save',
    remedy: 'weights are read from .safetensors, .pth and .pt files',
  });

  async function fromTorch(
    format: CheckpointFormat,
    root: PickleValue,
    readStorage: Parameters<typeof loadTensors>[2],
  ): Promise<Checkpoint> {
    const { under, entries, beside } = findStateDict(source.name, root, options.under);
    const references = new Map<string, TensorReference>();
    const skipped = beside.map(([name, value]) => skippedEntry(name, value));
    for (const [name, value] of entries) {
      if (isKind(value, 'tensor') && typeof name === 'string') references.set(name, value);
      else skipped.push(skippedEntry(name, value));
    }
    const tensors = await loadTensors(source.name, references, readStorage, source.size);
    return { format, ...withoutModule(tensors), under, skipped };
  }
}

function findStateDict(file: string, root: PickleValue, wanted: string | undefined) {
  if (!isKind(root, 'dict')) throw noTensors(file, 'holds no dict');
  if (wanted !== undefined) {
    const inner = root.entries.get(wanted);
    if (!isKind(inner, 'dict')) throw noTensors(file, `has no dict under ${wanted}`);
    return found(root, wanted, inner);
  }
  // If a state dict is stored next to other tensors of a training (a mean, class weights), only the state
  // dict is read.
  for (const under of WRAPPERS) {
    const inner = root.entries.get(under);
    if (isKind(inner, 'dict') && hasTensors(inner)) return found(root, under, inner);
  }
  if (hasTensors(root)) return { under: undefined, entries: root.entries, beside: [] };
  const keys = [...root.entries.keys()].filter((key) => typeof key === 'string').slice(0, 10);
  throw noTensors(file, `has no tensors by name; its entries: ${keys.join(', ')}`);
}

function found(root: PickleDict, under: string, { entries }: PickleDict) {
  return { under, entries, beside: [...root.entries].filter(([name]) => name !== under) };
}

function skippedEntry(name: PickleValue, value: PickleValue): SkippedEntry {
  return { name: typeof name === 'object' ? '(not a name)' : String(name), holds: describeValue(value) };
}

function describeValue(value: PickleValue): string {
  if (value === null) return 'None';
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value !== 'object') return typeof value === 'string' ? 'text' : typeof value;
  if (value.kind === 'tensor') return `tensor [${value.shape.join(', ')}]`;
  const items =
    value.kind === 'dict' ? [...value.entries.values()] : 'items' in value ? value.items : undefined;
  if (items === undefined) return value.kind;
  const tensors = items.filter((item) => isKind(item, 'tensor')).length;
  return `${value.kind} of ${items.length} entries${tensors === 0 ? '' : `, ${tensors} of them tensors`}`;
}

function hasTensors({ entries }: PickleDict): boolean {
  for (const [name, value] of entries) if (typeof name === 'string' && isKind(value, 'tensor')) return true;
  return false;
}

function noTensors(file: string, reason: string): WeightsError {
  return new WeightsError({
    code: 'weights/no-tensors',
    file,
    reason,
    remedy: `a state dict is searched at the top level and under ${WRAPPERS.join(', ')}; name another entry with "under"`,
  });
}

function withoutModule(tensors: StateDict): { tensors: StateDict; strippedModule: boolean } {
  const names = [...tensors.keys()];
  const strippedModule = names.length > 0 && names.every((name) => name.startsWith('module.'));
  if (!strippedModule) return { tensors, strippedModule };
  return {
    tensors: new Map([...tensors].map(([name, tensor]) => [name.slice('module.'.length), tensor])),
    strippedModule,
  };
}
