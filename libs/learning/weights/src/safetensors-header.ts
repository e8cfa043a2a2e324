import { dtypes, isDtype, type Dtype } from './dtype.js';
import { WeightsError, type WeightsErrorCode } from './error.js';

/** Where one tensor lies in a safetensors file. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** First byte, counted from the end of the header. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Limit of the format's own implementation; a header of 10,000 tensors has about 1 MB. */
export const LARGEST_HEADER = 100_000_000;

/**
 * Checks the JSON header against the format: known element types, sizes that fit the shapes, and byte ranges
 * that follow each other without overlap or hole and end with the file.
 *
 * @param dataBytes bytes of the file after the header
 * @see https://huggingface.co/docs/safetensors/index#format
 */
export function parseSafetensorsHeader(file: string, json: string, dataBytes: number): SafetensorsHeader {
  const fail = (code: WeightsErrorCode, reason: string, cause?: unknown) =>
    new WeightsError({ code, file, reason, remedy: 'this is not a valid safetensors file', cause });

  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch (cause) {
    throw fail('weights/header', 'the header is not JSON', cause);
  }
  if (!isRecord(header)) throw fail('weights/header', 'the header is not a JSON object');

  const metadata: Record<string, string> = {};
  const tensors = new Map<string, TensorEntry>();
  for (const [name, entry] of Object.entries(header)) {
    if (!isRecord(entry)) throw fail('weights/header', `${name} is not an object`);
    if (name === '__metadata__') {
      for (const [key, value] of Object.entries(entry)) {
        if (typeof value !== 'string') throw fail('weights/header', `metadata ${key} is not a string`);
        Object.defineProperty(metadata, key, { value, enumerable: true });
      }
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = entry;
    if (!isDtype(dtype)) throw fail('weights/dtype', `${name} has the unknown element type ${String(dtype)}`);
    if (!isSizes(shape)) throw fail('weights/header', `${name} has no valid shape`);
    if (!isSizes(offsets) || offsets.length !== 2) {
      throw fail('weights/header', `${name} has no valid data_offsets`);
    }
    const [begin = 0, end = 0] = offsets;
    const bytes = shape.reduce((product, size) => product * size, dtypes[dtype]);
    if (end - begin !== bytes) {
      throw fail(
        'weights/offsets',
        `${name}: ${dtype} of shape [${shape.join(', ')}] takes ${bytes} bytes, its offsets span ${end - begin}`,
      );
    }
    tensors.set(name, { name, dtype, shape, begin, end });
  }

  let reached = 0;
  for (const { name, begin, end } of [...tensors.values()].sort(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== reached) {
      const what = begin < reached ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw fail('weights/offsets', `${name} starts at byte ${begin} and ${what}, which ends at ${reached}`);
    }
    reached = end;
  }
  if (reached !== dataBytes) {
    throw fail(
      'weights/offsets',
      `the tensors take ${reached} bytes, the file holds ${dataBytes} after the header`,
    );
  }
  return { tensors, metadata };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
