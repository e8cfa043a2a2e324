import { createRequire } from 'node:module';
import { messageOf } from '@ichor/files/error';
import type koffiPackage from 'koffi';
import { EngineError } from '../../error.js';
import { libraryFile } from '../library.js';
import {
  API_VERSION,
  functions,
  type FunctionName,
  type ReleaseFunction,
  type StatusFunction,
} from './functions.js';

/** An address in the memory of the process. */
export type Pointer = bigint;

type Koffi = typeof koffiPackage;
type Value = Pointer | number | string | NodeJS.TypedArray | null;

interface Bound {
  (...values: readonly unknown[]): unknown;
  async(...values: readonly unknown[]): void;
}

const require = createRequire(import.meta.url);

/**
 * Of the stack on which koffi runs a call that does not block; its default, 128 KiB, is too small for operators that keep blocks of a matrix there; that of other calls has 2 MiB. This is
 * what a thread of Linux has.
 */
const STACK_BYTES = 8 * 2 ** 20;

/** What the library's text about itself starts with. */
const BUILD_INFO = 'ORT Build Info:';

let opened: CApi | undefined;

/**
 * The C API of the library that onnxruntime-node brings and runs on; opened once in a thread.
 *
 * @throws EngineError `runtime/not-installed` without onnxruntime-node, `runtime/operators` without koffi or where the library does not load
 */
export function openCApi(): CApi {
  return (opened ??= CApi.open(require, libraryFile()));
}

/** Arrays that a call in another thread reads or writes: the garbage collector must see them until it ends. */
const inUse = new Set<object>();

/** Functions of onnxruntime; a status that is an error becomes an EngineError and is released. */
export class CApi {
  /** Of onnxruntime, such as `1.30.0`. */
  readonly version: string;
  readonly #koffi: Koffi;
  readonly #hasThreads: boolean;
  readonly #functions: Readonly<Record<FunctionName, Bound>>;

  private constructor(koffi: Koffi, hasThreads: boolean, version: string, table: readonly Pointer[]) {
    this.#hasThreads = hasThreads;
    this.version = version;
    this.#koffi = koffi;
    const bound = Object.entries(functions).map(([name, { place, result, parameters }]) => [
      name,
      koffi.decode(table[place], koffi.proto(result, [...parameters])) as Bound,
    ]);
    this.#functions = Object.fromEntries(bound) as Record<FunctionName, Bound>;
  }

  /** @param load `require` of a package that has koffi; others are for tests */
  static open(load: (name: string) => unknown, file: string): CApi {
    const koffi = loadKoffi(load);
    const hasThreads = setStack(koffi);
    try {
      const base = koffi.load(file).func('OrtGetApiBase', 'void *', [])() as Pointer;
      const [getApi, getVersion] = koffi.decode(base, 'void *', 2) as Pointer[];
      const version = String(koffi.call(getVersion, koffi.proto('str', [])));
      const table = koffi.call(getApi, koffi.proto('void *', ['uint32_t']), API_VERSION) as Pointer | null;
      if (table === null) throw new Error(`version ${version} has no API of version ${API_VERSION}`);
      const places = 1 + Math.max(...Object.values(functions).map(({ place }) => place));
      const api = new CApi(koffi, hasThreads, version, koffi.decode(table, 'void *', places) as Pointer[]);
      const info = String(api.#functions.buildInfo());
      if (!info.startsWith(BUILD_INFO)) throw new Error('its table of functions is another one');
      return api;
    } catch (cause) {
      throw new EngineError({
        code: 'runtime/operators',
        file,
        reason: `the C API of onnxruntime cannot be used: ${messageOf(cause)}`,
        remedy: 'install onnxruntime-node 1.30 or later again, or train with the public operators',
        cause,
      });
    }
  }

  /** @throws EngineError `runtime/run` with what onnxruntime says */
  call(name: StatusFunction, ...values: readonly Value[]): void {
    this.#check(name, this.#functions[name](...values));
  }

  /** The last parameter of the function is where it writes an address, or a number of 64 bits. */
  create(name: StatusFunction, ...values: readonly Value[]): Pointer {
    const out = cell();
    this.call(name, ...values, out);
    return out[0]!;
  }

  /**
   * Runs in another thread, and where another library was opened by koffi before this one, in this thread: then koffi's stack for other threads is the
   * small one, which cannot be changed any more.
   *
   * @param arrays what the pointers among the values point to
   */
  async callInThread(
    name: StatusFunction,
    values: readonly Value[],
    arrays: readonly object[],
  ): Promise<void> {
    if (!this.#hasThreads) {
      this.call(name, ...values);
      return;
    }
    const call = { arrays, values };
    inUse.add(call);
    try {
      const status = await new Promise((resolve, reject) => {
        this.#functions[name].async(...values, (error: unknown, status: unknown) => {
          if (error === null || error === undefined) resolve(status);
          else reject(error instanceof Error ? error : new Error(String(error)));
        });
      });
      this.#check(name, status);
    } finally {
      inUse.delete(call);
    }
  }

  release(name: ReleaseFunction, pointer: Pointer): void {
    this.#functions[name](pointer);
  }

  /** Where the values of an array are. An array that is not empty stays there. */
  address(array: NodeJS.TypedArray): Pointer {
    // A small array has no memory of its own until its buffer is asked for.
    return array.buffer.byteLength === 0 ? 0n : this.#koffi.address(array);
  }

  /** The text that ends with a zero. */
  text(pointer: Pointer): string {
    return String(this.#koffi.decode(pointer, 'char', -1));
  }

  #check(name: StatusFunction, status: unknown): void {
    if (status === null) return;
    const reason = String(this.#functions.errorMessage(status));
    const code = Number(this.#functions.errorCode(status));
    this.#functions.releaseStatus(status);
    throw new EngineError({
      code: name === 'registerOperators' ? 'runtime/operators' : 'runtime/run',
      reason: `onnxruntime says, in ${name} (error ${code}): ${reason.replaceAll(/\s+/g, ' ').trim()}`,
      remedy:
        'train with the public operators; if they fail too, the network or the memory of the machine is the cause',
    });
  }
}

/** Memory for an address or a number of 64 bits. Not in the heap of JavaScript, where it could move. */
export function cell(): BigUint64Array<ArrayBuffer> {
  return new BigUint64Array(new ArrayBuffer(BigUint64Array.BYTES_PER_ELEMENT));
}

function loadKoffi(load: (name: string) => unknown): Koffi {
  try {
    return load('koffi') as Koffi;
  } catch (cause) {
    throw new EngineError({
      code: 'runtime/operators',
      reason: `the package koffi, which calls onnxruntime's C functions, does not load: ${messageOf(cause).split('\n')[0] ?? ''}`,
      remedy: 'npm install koffi',
      cause,
    });
  }
}

/** Whether calls in another thread have room. It can be set only before koffi loads the first library of a thread. */
function setStack(koffi: Koffi): boolean {
  if ((koffi.config().async_stack_size ?? 0) >= STACK_BYTES) return true;
  try {
    koffi.config({ async_stack_size: STACK_BYTES });
    return true;
  } catch {
    return false;
  }
}
