/** A function of the table that `GetApi` returns: its place in the table, its result and its parameters, in C. */
export interface TableFunction {
  readonly place: number;
  readonly result: 'void *' | 'void' | 'int' | 'str';
  readonly parameters: readonly string[];
}

/**
 * The first version of the API with all functions below. A library also serves the tables of older versions, and a table only grows at its
 * end: no function changes its place.
 */
export const API_VERSION = 15;

/** Paths are UTF-16 on Windows and bytes elsewhere. */
const path = process.platform === 'win32' ? 'str16' : 'str';
const pointer = 'void *';
const status = pointer;

/**
 * The functions that are used, in the order of the table `OrtApi`. The places of `buildInfo` and `releaseSessionOptions` check those before them when
 * the library is opened, because a wrong function there gives no such text, and each other function is called by the specs.
 *
 * @see https://github.com/microsoft/onnxruntime/blob/v1.30.0/include/onnxruntime/core/session/onnxruntime_c_api.h
 */
export const functions = {
  errorCode: { place: 1, result: 'int', parameters: [pointer] },
  errorMessage: { place: 2, result: 'str', parameters: [pointer] },
  createEnv: { place: 3, result: status, parameters: ['int', 'str', pointer] },
  createSession: { place: 8, result: status, parameters: [pointer, pointer, 'size_t', pointer, pointer] },
  run: {
    place: 9,
    result: status,
    parameters: [pointer, pointer, pointer, pointer, 'size_t', pointer, 'size_t', pointer],
  },
  createSessionOptions: { place: 10, result: status, parameters: [pointer] },
  enableProfiling: { place: 14, result: status, parameters: [pointer, path] },
  disableMemPattern: { place: 17, result: status, parameters: [pointer] },
  setLogSeverity: { place: 22, result: status, parameters: [pointer, 'int'] },
  setOptimization: { place: 23, result: status, parameters: [pointer, 'int'] },
  setIntraOpThreads: { place: 24, result: status, parameters: [pointer, 'int'] },
  setInterOpThreads: { place: 25, result: status, parameters: [pointer, 'int'] },
  inputCount: { place: 30, result: status, parameters: [pointer, pointer] },
  outputCount: { place: 31, result: status, parameters: [pointer, pointer] },
  inputType: { place: 33, result: status, parameters: [pointer, 'size_t', pointer] },
  outputType: { place: 34, result: status, parameters: [pointer, 'size_t', pointer] },
  inputName: { place: 36, result: status, parameters: [pointer, 'size_t', pointer, pointer] },
  outputName: { place: 37, result: status, parameters: [pointer, 'size_t', pointer, pointer] },
  createTensor: {
    place: 49,
    result: status,
    parameters: [pointer, pointer, 'size_t', pointer, 'size_t', 'int', pointer],
  },
  tensorInfo: { place: 55, result: status, parameters: [pointer, pointer] },
  elementType: { place: 60, result: status, parameters: [pointer, pointer] },
  dimensionCount: { place: 61, result: status, parameters: [pointer, pointer] },
  dimensions: { place: 62, result: status, parameters: [pointer, pointer, 'size_t'] },
  createMemoryInfo: { place: 69, result: status, parameters: ['int', 'int', pointer] },
  allocatorFree: { place: 76, result: status, parameters: [pointer, pointer] },
  defaultAllocator: { place: 78, result: status, parameters: [pointer] },
  releaseEnv: { place: 92, result: 'void', parameters: [pointer] },
  releaseStatus: { place: 93, result: 'void', parameters: [pointer] },
  releaseMemoryInfo: { place: 94, result: 'void', parameters: [pointer] },
  releaseSession: { place: 95, result: 'void', parameters: [pointer] },
  releaseValue: { place: 96, result: 'void', parameters: [pointer] },
  releaseTypeInfo: { place: 98, result: 'void', parameters: [pointer] },
  releaseSessionOptions: { place: 100, result: 'void', parameters: [pointer] },
  addConfigEntry: { place: 130, result: status, parameters: [pointer, 'str', 'str'] },
  registerOperators: { place: 228, result: status, parameters: [pointer, path] },
  buildInfo: { place: 254, result: 'str', parameters: [] },
} as const satisfies Readonly<Record<string, TableFunction>>;

export type FunctionName = keyof typeof functions;

/** Those that return a status. */
export type StatusFunction = {
  [Name in FunctionName]: (typeof functions)[Name]['result'] extends 'void *' ? Name : never;
}[FunctionName];

/** Those that return nothing. */
export type ReleaseFunction = {
  [Name in FunctionName]: (typeof functions)[Name]['result'] extends 'void' ? Name : never;
}[FunctionName];
