import koffi, { type LibraryHandle } from 'koffi';
import { GbdtError } from '../error.js';

/** An address in the library's memory. */
export type Handle = NonNullable<unknown>;

/** The functions of LightGBM's C API that are used here; every one throws what LightGBM says went wrong. */
export interface LightGbmLibrary {
  readonly path: string;
  datasetFromMatrix(
    data: Float32Array,
    rows: number,
    columns: number,
    rowMajor: boolean,
    parameters: string,
    reference: Handle | null,
  ): Handle;
  datasetSetNames(dataset: Handle, names: readonly string[]): void;
  datasetSetLabel(dataset: Handle, labels: Float32Array): void;
  datasetFree(dataset: Handle): void;
  boosterCreate(train: Handle, parameters: string): Handle;
  boosterFromString(text: string): { readonly booster: Handle; readonly rounds: number };
  boosterAddValid(booster: Handle, valid: Handle): void;
  /** @returns whether no further split was possible */
  boosterUpdate(booster: Handle): boolean;
  /** The first metric of a data set: 0 for training, 1 for the first validation set. */
  boosterEval(booster: Handle, index: number): number;
  boosterPredict(
    booster: Handle,
    data: Float32Array,
    rows: number,
    columns: number,
    rowMajor: boolean,
    rounds: number,
    parameters: string,
  ): Float64Array;
  boosterText(booster: Handle, rounds: number): string;
  boosterGains(booster: Handle, columns: number, rounds: number): Float64Array;
  boosterFree(booster: Handle): void;
}

const FLOAT32 = 0;
const PREDICT_NORMAL = 0;
const IMPORTANCE_GAIN = 1;

/**
 * Loads the library.
 *
 * @throws GbdtError `gbdt/library` when it is not there, not a library of this machine, or not LightGBM 3 or later
 * @see https://lightgbm.readthedocs.io/en/v4.1.0/C-API.html
 */
export function loadLibrary(path: string): LightGbmLibrary {
  // Threads of OpenMP that spin while they wait make every other process on the machine, and themselves,
  // up to ten times slower when cores are shared. It is read when the library is loaded.
  process.env['OMP_WAIT_POLICY'] ??= 'PASSIVE';
  try {
    return bind(path, koffi.load(path));
  } catch (cause) {
    if (cause instanceof GbdtError) throw cause;
    throw new GbdtError({
      code: 'gbdt/library',
      file: path,
      reason: `cannot be loaded as LightGBM: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy:
        'build it with "npx nx run gbdt:build-lightgbm", or set LIGHTGBM_LIB to a library of this machine',
      cause,
    });
  }
}

function bind(path: string, library: LibraryHandle): LightGbmLibrary {
  const lastError = library.func('const char *LGBM_GetLastError()');
  const datasetCreateFromMat = library.func(
    'int LGBM_DatasetCreateFromMat(const void *data, int data_type, int32_t nrow, int32_t ncol, int is_row_major, const char *parameters, void *reference, _Out_ void **out)',
  );
  const datasetSetFeatureNames = library.func(
    'int LGBM_DatasetSetFeatureNames(void *handle, const char **names, int count)',
  );
  const datasetSetField = library.func(
    'int LGBM_DatasetSetField(void *handle, const char *field, const void *data, int count, int type)',
  );
  const datasetFree = library.func('int LGBM_DatasetFree(void *handle)');
  const boosterCreate = library.func(
    'int LGBM_BoosterCreate(void *train, const char *parameters, _Out_ void **out)',
  );
  const boosterLoad = library.func(
    'int LGBM_BoosterLoadModelFromString(const char *text, _Out_ int *rounds, _Out_ void **out)',
  );
  const boosterAddValid = library.func('int LGBM_BoosterAddValidData(void *booster, void *valid)');
  const boosterUpdate = library.func('int LGBM_BoosterUpdateOneIter(void *booster, _Out_ int *finished)');
  const boosterEval = library.func(
    'int LGBM_BoosterGetEval(void *booster, int index, _Out_ int *count, double *results)',
  );
  const boosterPredict = library.func(
    'int LGBM_BoosterPredictForMat(void *booster, const void *data, int data_type, int32_t nrow, int32_t ncol, int is_row_major, int predict_type, int start, int rounds, const char *parameters, _Out_ int64_t *count, double *results)',
  );
  const boosterSave = library.func(
    'int LGBM_BoosterSaveModelToString(void *booster, int start, int rounds, int importance, int64_t length, _Out_ int64_t *needed, void *text)',
  );
  const boosterImportance = library.func(
    'int LGBM_BoosterFeatureImportance(void *booster, int rounds, int type, double *results)',
  );
  const boosterFree = library.func('int LGBM_BoosterFree(void *booster)');

  const check = (status: unknown) => {
    if (status === 0) return;
    throw new GbdtError({ code: 'gbdt/library', reason: `LightGBM says: ${String(lastError())}` });
  };
  const taken = (out: readonly unknown[]): Handle => {
    const [handle] = out;
    if (handle === null || handle === undefined) {
      throw new GbdtError({ code: 'gbdt/library', reason: 'LightGBM gave no handle' });
    }
    return handle;
  };

  return {
    path,
    datasetFromMatrix(data, rows, columns, rowMajor, parameters, reference) {
      const out = [null];
      const order = rowMajor ? 1 : 0;
      check(datasetCreateFromMat(data, FLOAT32, rows, columns, order, parameters, reference, out));
      return taken(out);
    },
    datasetSetNames: (dataset, names) => check(datasetSetFeatureNames(dataset, names, names.length)),
    datasetSetLabel: (dataset, labels) =>
      check(datasetSetField(dataset, 'label', labels, labels.length, FLOAT32)),
    datasetFree: (dataset) => check(datasetFree(dataset)),
    boosterCreate(train, parameters) {
      const out = [null];
      check(boosterCreate(train, parameters, out));
      return taken(out);
    },
    boosterFromString(text) {
      const out = [null];
      const rounds = [0];
      check(boosterLoad(text, rounds, out));
      return { booster: taken(out), rounds: Number(rounds[0]) };
    },
    boosterAddValid: (booster, valid) => check(boosterAddValid(booster, valid)),
    boosterUpdate(booster) {
      const finished = [0];
      check(boosterUpdate(booster, finished));
      return finished[0] === 1;
    },
    boosterEval(booster, index) {
      const results = new Float64Array(1);
      check(boosterEval(booster, index, [0], results));
      return results[0]!;
    },
    boosterPredict(booster, data, rows, columns, rowMajor, rounds, parameters) {
      const results = new Float64Array(rows);
      const order = rowMajor ? 1 : 0;
      check(
        boosterPredict(
          booster,
          data,
          FLOAT32,
          rows,
          columns,
          order,
          PREDICT_NORMAL,
          0,
          rounds,
          parameters,
          [0],
          results,
        ),
      );
      return results;
    },
    boosterText(booster, rounds) {
      const needed = [0];
      check(boosterSave(booster, 0, rounds, IMPORTANCE_GAIN, 0, needed, null));
      const text = Buffer.alloc(Number(needed[0]));
      check(boosterSave(booster, 0, rounds, IMPORTANCE_GAIN, text.length, needed, text));
      // The length counts the closing zero.
      return text.toString('utf8', 0, text.length - 1);
    },
    boosterGains(booster, columns, rounds) {
      const gains = new Float64Array(columns);
      check(boosterImportance(booster, rounds, IMPORTANCE_GAIN, gains));
      return gains;
    },
    boosterFree: (booster) => check(boosterFree(booster)),
  };
}
