import { createRequire } from 'node:module';
import { GbdtError } from '../error.js';

/** The parts of ml-xgboost 1.1.2 in use; the package carries no types. */
export interface Xgboost {
  train(rows: readonly (readonly number[])[], labels: readonly number[]): void;
  predict(rows: readonly (readonly number[])[]): number[];
  toJSON(): SavedXgboostModel;
  free(): void;
}

export interface XgboostConstructor {
  new (options: Readonly<Record<string, string | number>>): Xgboost;
  load(model: SavedXgboostModel): Xgboost;
}

export interface SavedXgboostModel {
  readonly name: 'ml-xgboost';
  /** Bytes. */
  readonly model: readonly number[];
  readonly options: Readonly<Record<string, string | number>>;
}

/** Compiles the WebAssembly, on first use only. */
export async function loadXgboost(): Promise<XgboostConstructor> {
  const before = new Set(process.listeners('uncaughtException'));
  const xgboost: unknown = await withoutStreaming(() => createRequire(import.meta.url)('ml-xgboost'));
  // The WebAssembly glue catches every exception of the process and throws it again.
  for (const listener of process.listeners('uncaughtException')) {
    if (!before.has(listener)) process.removeListener('uncaughtException', listener);
  }
  if (isConstructor(xgboost)) return xgboost;
  throw new GbdtError({
    code: 'gbdt/library',
    reason: 'ml-xgboost does not have the exports of version 1.1.2',
    remedy: 'run "npm install"',
  });
}

/**
 * If a streaming compiler exists, the glue code passes it a path that is not a URL, prints that this failed,
 * and reads the file then. It looks for the compiler while it is loaded, which is synchronous: nothing
 * else runs while the compiler is hidden.
 */
function withoutStreaming<T>(load: () => T): T {
  const host: unknown = Reflect.get(globalThis, 'WebAssembly');
  if (typeof host !== 'object' || host === null) return load();
  const streaming = Object.getOwnPropertyDescriptor(host, 'instantiateStreaming');
  Reflect.deleteProperty(host, 'instantiateStreaming');
  try {
    return load();
  } finally {
    if (streaming !== undefined) Object.defineProperty(host, 'instantiateStreaming', streaming);
  }
}

function isConstructor(value: unknown): value is XgboostConstructor {
  return typeof value === 'function' && 'load' in value;
}
