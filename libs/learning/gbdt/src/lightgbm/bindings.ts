import { messageOf, taskCommand } from '@ichor/files';
import koffi, { type LibraryHandle } from 'koffi';
import { GbdtError } from '../error.js';
import type { FeatureMatrix } from '../matrix.js';

/** An address in the library's memory. */
export type Handle = NonNullable<unknown>;

const FLOAT32 = 0;
const PREDICT_NORMAL = 0;
const IMPORTANCE_GAIN = 1;

/**
 * The functions of LightGBM's C API that are used here.
 *
 * @see https://lightgbm.readthedocs.io/en/v4.1.0/C-API.html
 */
const signatures = {
  lastError: 'const char *LGBM_GetLastError()',
  datasetCreate:
    'int LGBM_DatasetCreateFromMat(const void *data, int data_type, int32_t nrow, int32_t ncol, int is_row_major, const char *parameters, void *reference, _Out_ void **out)',
  datasetSetNames: 'int LGBM_DatasetSetFeatureNames(void *handle, const char **names, int count)',
  datasetSetField:
    'int LGBM_DatasetSetField(void *handle, const char *field, const void *data, int count, int type)',
  datasetFree: 'int LGBM_DatasetFree(void *handle)',
  boosterCreate: 'int LGBM_BoosterCreate(void *train, const char *parameters, _Out_ void **out)',
  boosterLoad: 'int LGBM_BoosterLoadModelFromString(const char *text, _Out_ int *rounds, _Out_ void **out)',
  boosterAddValid: 'int LGBM_BoosterAddValidData(void *booster, void *valid)',
  boosterUpdate: 'int LGBM_BoosterUpdateOneIter(void *booster, _Out_ int *finished)',
  boosterEval: 'int LGBM_BoosterGetEval(void *booster, int index, _Out_ int *count, double *results)',
  boosterPredict:
    'int LGBM_BoosterPredictForMat(void *booster, const void *data, int data_type, int32_t nrow, int32_t ncol, int is_row_major, int predict_type, int start, int rounds, const char *parameters, _Out_ int64_t *count, double *results)',
  boosterSave:
    'int LGBM_BoosterSaveModelToString(void *booster, int start, int rounds, int importance, int64_t length, _Out_ int64_t *needed, void *text)',
  boosterImportance:
    'int LGBM_BoosterFeatureImportance(void *booster, int rounds, int type, double *results)',
  boosterFree: 'int LGBM_BoosterFree(void *booster)',
} as const;

type Functions = Readonly<Record<keyof typeof signatures, (...values: unknown[]) => unknown>>;

/**
 * Loads the library.
 *
 * @throws GbdtError `gbdt/library` when it is not there, not a library of this machine, or not LightGBM 3 or later
 */
export function loadLibrary(path: string): LightGbmLibrary {
  // Threads of OpenMP that spin while they wait make every other process on the machine, and themselves,
  // up to ten times slower when cores are shared. It is read when the library is loaded.
  process.env['OMP_WAIT_POLICY'] ??= 'PASSIVE';
  try {
    return new LightGbmLibrary(path, koffi.load(path));
  } catch (cause) {
    if (cause instanceof GbdtError) throw cause;
    throw new GbdtError({
      code: 'gbdt/library',
      file: path,
      reason: `cannot be loaded as LightGBM: ${messageOf(cause)}`,
      remedy: `build it: ${taskCommand({ project: 'gbdt', target: 'build-lightgbm' })}, or set LIGHTGBM_LIB to a library of this machine`,
      cause,
    });
  }
}

/** LightGBM's C API; every method throws a GbdtError `gbdt/library` with what LightGBM says went wrong. */
export class LightGbmLibrary {
  readonly path: string;
  readonly #functions: Functions;

  constructor(path: string, library: LibraryHandle) {
    this.path = path;
    const bound = Object.entries(signatures).map(([name, signature]) => [name, library.func(signature)]);
    // One function for each signature, by its name.
    this.#functions = Object.fromEntries(bound) as Functions;
  }

  datasetFromMatrix(matrix: FeatureMatrix, parameters: string, reference: Handle | null): Handle {
    const out = [null];
    this.#call('datasetCreate', ...layoutOf(matrix), parameters, reference, out);
    return taken(out);
  }

  datasetSetNames(dataset: Handle, names: readonly string[]): void {
    this.#call('datasetSetNames', dataset, names, names.length);
  }

  datasetSetLabel(dataset: Handle, labels: Float32Array): void {
    this.#call('datasetSetField', dataset, 'label', labels, labels.length, FLOAT32);
  }

  datasetFree(dataset: Handle): void {
    this.#call('datasetFree', dataset);
  }

  boosterCreate(train: Handle, parameters: string): Handle {
    const out = [null];
    this.#call('boosterCreate', train, parameters, out);
    return taken(out);
  }

  boosterFromString(text: string): { readonly booster: Handle; readonly rounds: number } {
    const out = [null];
    const rounds = [0];
    this.#call('boosterLoad', text, rounds, out);
    return { booster: taken(out), rounds: Number(rounds[0]) };
  }

  boosterAddValid(booster: Handle, valid: Handle): void {
    this.#call('boosterAddValid', booster, valid);
  }

  /** @returns whether no further split was possible */
  boosterUpdate(booster: Handle): boolean {
    const finished = [0];
    this.#call('boosterUpdate', booster, finished);
    return finished[0] === 1;
  }

  /** The first metric of a data set: 0 for training, 1 for the first validation set. */
  boosterEval(booster: Handle, index: number): number {
    const results = new Float64Array(1);
    this.#call('boosterEval', booster, index, [0], results);
    return results[0]!;
  }

  boosterPredict(booster: Handle, matrix: FeatureMatrix, rounds: number, parameters: string): Float64Array {
    const results = new Float64Array(matrix.rows);
    const layout = layoutOf(matrix);
    this.#call('boosterPredict', booster, ...layout, PREDICT_NORMAL, 0, rounds, parameters, [0], results);
    return results;
  }

  boosterText(booster: Handle, rounds: number): string {
    const needed = [0];
    this.#call('boosterSave', booster, 0, rounds, IMPORTANCE_GAIN, 0, needed, null);
    const text = Buffer.alloc(Number(needed[0]));
    this.#call('boosterSave', booster, 0, rounds, IMPORTANCE_GAIN, text.length, needed, text);
    // The length counts the closing zero.
    return text.toString('utf8', 0, text.length - 1);
  }

  boosterGains(booster: Handle, columns: number, rounds: number): Float64Array {
    const gains = new Float64Array(columns);
    this.#call('boosterImportance', booster, rounds, IMPORTANCE_GAIN, gains);
    return gains;
  }

  boosterFree(booster: Handle): void {
    this.#call('boosterFree', booster);
  }

  #call(name: keyof Functions, ...values: unknown[]): void {
    if (this.#functions[name](...values) === 0) return;
    const reason = `LightGBM says: ${String(this.#functions.lastError())}`;
    throw new GbdtError({ code: 'gbdt/library', reason });
  }
}

/** How the C API is told of a matrix: its values, their type, rows, columns, and whether rows follow each other. */
function layoutOf({ data, rows, names, order }: FeatureMatrix): unknown[] {
  return [data, FLOAT32, rows, names.length, order === 'row' ? 1 : 0];
}

function taken(out: readonly unknown[]): Handle {
  const [handle] = out;
  if (handle === null || handle === undefined) {
    throw new GbdtError({ code: 'gbdt/library', reason: 'LightGBM returned no handle' });
  }
  return handle;
}
