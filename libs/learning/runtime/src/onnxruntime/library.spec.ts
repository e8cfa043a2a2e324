import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { loadedFrom, onnxRuntime } from './library.js';

it('is the library that the package declares as its peer', () => {
  expect(
    onnxRuntime()
      .listSupportedBackends()
      .map(({ name }) => name),
  ).toContain('cpu');
});

it('says how to install an engine where there is none', () => {
  // A folder above which no package is installed.
  const elsewhere = createRequire(join(tmpdir(), 'elsewhere.js'));
  expect(() => loadedFrom(elsewhere)).toThrow(
    expect.objectContaining({
      name: 'EngineError',
      code: 'runtime/not-installed',
      reason: 'no engine is installed: the package onnxruntime-node is missing',
      remedy: 'npm install --ignore-scripts onnxruntime-node',
    }),
  );
});

it.each([
  [
    'a library that the system lacks',
    new Error('libgomp.so.1: cannot open shared object file\nRequire stack:'),
  ],
  [
    'a file of the package that is missing',
    Object.assign(new Error("Cannot find module '../bin/napi-v6/linux/x64/onnxruntime_binding.node'"), {
      code: 'MODULE_NOT_FOUND',
    }),
  ],
])('tells apart from it %s', (_, cause) => {
  const fails = () => {
    throw cause;
  };
  expect(() => loadedFrom(fails)).toThrow(
    expect.objectContaining({
      code: 'runtime/provider',
      reason: `onnxruntime-node does not load: ${cause.message.split('\n')[0]}`,
    }),
  );
});
