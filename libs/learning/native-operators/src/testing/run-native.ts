import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import koffi from 'koffi';
import { nativeOperators } from '../library.js';

/** A tensor of float32. */
interface Floats {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Runs a model once. */
type Run = (
  model: Uint8Array,
  inputs: Readonly<Record<string, Floats>>,
  outputs: Readonly<Record<string, readonly number[]>>,
) => Record<string, Floats>;

/**
 * Runs models in onnxruntime with the native operators, for specs: each in a session of its own, and the caller waits.
 *
 * @returns undefined where this machine has no native operators; it says why
 */
export function nativeRunner(threads = 1): Run | undefined {
  const found = nativeOperators();
  if ('library' in found)
    return (model, inputs, outputs) => run(model, inputs, outputs, found.library, threads);
  process.stdout.write(`without the specs of native operators: ${found.missing}\n`);
  return undefined;
}

/** Places of functions in onnxruntime's table, with their parameters. */
const FUNCTIONS = {
  errorMessage: [2, 'void *', 'str'],
  createEnvironment: [3, 'int, str, _Out_ void **', 'void *'],
  createSession: [8, 'void *, void *, size_t, void *, _Out_ void **', 'void *'],
  run: [9, 'void *, void *, str *, void **, size_t, str *, size_t, _Inout_ void **', 'void *'],
  createOptions: [10, '_Out_ void **', 'void *'],
  severity: [22, 'void *, int', 'void *'],
  optimization: [23, 'void *, int', 'void *'],
  threads: [24, 'void *, int', 'void *'],
  createTensor: [49, 'void *, void *, size_t, int64_t *, size_t, int, _Out_ void **', 'void *'],
  createMemory: [69, 'int, int, _Out_ void **', 'void *'],
  releaseStatus: [93, 'void *', 'void'],
  releaseSession: [95, 'void *', 'void'],
  releaseValue: [96, 'void *', 'void'],
  releaseOptions: [100, 'void *', 'void'],
  registerOperators: [228, 'void *, str', 'void *'],
} as const;

type Call = (...parameters: unknown[]) => unknown;

const [FLOAT32, FATAL, BASIC] = [1, 4, 1];

/** @throws Error with the message of onnxruntime */
function run(
  model: Uint8Array,
  inputs: Readonly<Record<string, Floats>>,
  outputs: Readonly<Record<string, readonly number[]>>,
  library: string,
  threads: number,
): Record<string, Floats> {
  const ort = (opened ??= open());
  const releases: (() => void)[] = [];
  const tensor = ({ shape, data }: Floats) => {
    const extents = BigInt64Array.from(shape, BigInt);
    const bytes = data.byteLength;
    const value = ort.make('createTensor', ort.memory, data, bytes, extents, shape.length, FLOAT32);
    releases.push(() => void ort.call('releaseValue', value));
    return value;
  };
  try {
    const options = ort.make('createOptions');
    releases.push(() => void ort.call('releaseOptions', options));
    ort.check('threads', options, threads);
    ort.check('severity', options, FATAL);
    ort.check('optimization', options, BASIC);
    ort.check('registerOperators', options, library);
    const session = ort.make('createSession', ort.environment, model, model.length, options);
    releases.push(() => void ort.call('releaseSession', session));
    const results = Object.entries(outputs).map(
      ([name, shape]) =>
        [name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(NaN) }] as const,
    );
    const feeds = Object.values(inputs).map(tensor);
    const fetches = results.map(([, value]) => tensor(value));
    const [names, wanted] = [Object.keys(inputs), Object.keys(outputs)];
    ort.check('run', session, null, names, feeds, names.length, wanted, wanted.length, fetches);
    return Object.fromEntries(results);
  } finally {
    for (const release of releases.toReversed()) release();
  }
}

let opened: ReturnType<typeof open> | undefined;

function open() {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('onnxruntime-node')), '../bin/napi-v6/linux/x64');
  const file = ['libonnxruntime.so.1', 'libonnxruntime.so']
    .map((name) => join(folder, name))
    .find(existsSync);
  if (file === undefined) throw new Error(`${folder} has no libonnxruntime.so.1`);
  const base: unknown = (koffi.load(file).func('void *OrtGetApiBase()') as Call)();
  const [getApi] = koffi.decode(base, 'void *', 1) as [unknown];
  const api: unknown = koffi.call(getApi, koffi.proto('void *(uint32_t version)'), 18);
  const places = Object.values(FUNCTIONS).map(([place]) => place);
  const table = koffi.decode(api, 'void *', Math.max(...places) + 1) as unknown[];
  const functions = new Map(
    Object.entries(FUNCTIONS).map(([name, [place, parameters, result]]) => {
      const type = koffi.proto(`${result} (${parameters})`);
      return [name, (...values: unknown[]) => koffi.call(table[place], type, ...values) as unknown];
    }),
  );
  const call = (name: keyof typeof FUNCTIONS, ...parameters: unknown[]) =>
    functions.get(name)?.(...parameters);
  const check = (name: keyof typeof FUNCTIONS, ...parameters: unknown[]): void => {
    const status = call(name, ...parameters);
    if (status === null || status === undefined) return;
    const message = String(call('errorMessage', status));
    call('releaseStatus', status);
    throw new Error(message);
  };
  const make = (name: keyof typeof FUNCTIONS, ...parameters: unknown[]): unknown => {
    const made: [unknown] = [null];
    check(name, ...parameters, made);
    return made[0];
  };
  return {
    call,
    check,
    make,
    environment: make('createEnvironment', FATAL, 'spec'),
    memory: make('createMemory', 0, 0),
  };
}
