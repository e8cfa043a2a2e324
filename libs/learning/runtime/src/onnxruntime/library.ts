import { messageOf } from '@ichor/files/error';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as ort from 'onnxruntime-node';
import { EngineError } from '../error.js';

export type OnnxRuntime = typeof ort;

/** Without its install script, which downloads CUDA libraries and fails where it cannot; the CPU needs none of them. */
export const installOnnxRuntime = 'npm install --ignore-scripts onnxruntime-node';

const require = createRequire(import.meta.url);
let library: OnnxRuntime | undefined;

/**
 * The library, an optional peer of this package, loaded when an engine is first opened.
 *
 * @throws EngineError `runtime/not-installed` without the package, `runtime/provider` when its native library does not load
 */
export function onnxRuntime(): OnnxRuntime {
  return (library ??= loadedFrom(require));
}

/** @param load `require` of the package that needs the library; others are for tests */
export function loadedFrom(load: (name: string) => unknown): OnnxRuntime {
  try {
    return load('onnxruntime-node') as OnnxRuntime;
  } catch (cause) {
    const message = messageOf(cause);
    const [firstLine = ''] = message.split('\n');
    const absent = isNotFound(cause) && /^Cannot find module 'onnxruntime-node'/.test(message);
    throw new EngineError({
      code: absent ? 'runtime/not-installed' : 'runtime/provider',
      reason: absent
        ? 'no engine is installed: the package onnxruntime-node is missing'
        : `onnxruntime-node does not load: ${firstLine}`,
      remedy: absent
        ? installOnnxRuntime
        : 'its binaries are for Linux (glibc) and Windows, x64 and arm64, and macOS on arm64; if this is one of them, ' +
          `install it again: ${installOnnxRuntime}`,
      cause,
    });
  }
}

const fileNames: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'libonnxruntime.so.1',
  darwin: 'libonnxruntime.1.dylib',
  win32: 'onnxruntime.dll',
};

/** Where the package has the binaries for this machine. */
export function binaryFolder(): string {
  return join(
    dirname(require.resolve('onnxruntime-node')),
    '..',
    'bin',
    'napi-v6',
    process.platform,
    process.arch,
  );
}

/**
 * The file of onnxruntime itself that the package loads.
 *
 * @throws EngineError as `onnxRuntime`
 */
export function libraryFile(): string {
  onnxRuntime();
  return join(binaryFolder(), fileNames[process.platform] ?? 'libonnxruntime.so.1');
}

function isNotFound(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND';
}
