import { messageOf } from '@ichor/files/error';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkBuilder, exportOnnx } from '@ichor/nn';
import { EngineError } from '../error.js';
import type { EngineOptions } from '../engine.js';
import { binaryFolder, onnxRuntime } from './library.js';
import type { OnnxProvider } from './provider-name.js';
import { sessionOptions } from './session-options.js';

const all: readonly OnnxProvider[] = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'];

/**
 * Tried in this order by `auto`. WebGPU is left out on Linux, where a software Vulkan device, a hundred times
 * slower than the CPU, looks like any other; CoreML is left out because it cannot train.
 */
const automatic: Readonly<Partial<Record<NodeJS.Platform, readonly OnnxProvider[]>>> = {
  linux: ['cuda', 'cpu'],
  darwin: ['webgpu', 'cpu'],
  win32: ['dml', 'webgpu', 'cpu'],
};

/**
 * Providers in this build of onnxruntime; whether their device is there shows only in use.
 *
 * @throws EngineError `runtime/not-installed`
 */
export function bundledProviders(): readonly OnnxProvider[] {
  const names = new Set(
    onnxRuntime()
      .listSupportedBackends()
      .map(({ name }) => name),
  );
  return all.filter((provider) => names.has(provider) && (provider !== 'cuda' || cudaLibraryIsThere()));
}

/**
 * The npm package knows CUDA but has its library only after an install of its own; to try without it makes
 * onnxruntime print errors that cannot be caught.
 */
function cudaLibraryIsThere(): boolean {
  const file =
    process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
  return existsSync(join(binaryFolder(), file));
}

/** The reason why a provider does not work here, or undefined when it does. */
export async function providerFailure(
  provider: OnnxProvider,
  options: EngineOptions,
): Promise<string | undefined> {
  if (!bundledProviders().includes(provider))
    return `this installation of onnxruntime has no ${provider} provider`;
  const builder = new NetworkBuilder('probe');
  builder.output('y', builder.relu(builder.input('x', [1])));
  try {
    const session = await onnxRuntime().InferenceSession.create(
      exportOnnx(builder.build(), new Map()),
      sessionOptions(provider, options),
    );
    const { y } = await session.run({
      x: new (onnxRuntime().Tensor)('float32', Float32Array.of(-1), [1, 1]),
    });
    await session.release();
    return y?.data[0] === 0 ? undefined : `the ${provider} provider computes wrong numbers`;
  } catch (error) {
    return messageOf(error);
  }
}

/** Those that have run a network in this thread; a program opens many. */
const working = new Set<OnnxProvider>();

/**
 * @throws EngineError `runtime/provider` when the requested provider, or every tried provider, does not work;
 * `runtime/not-installed`
 */
export async function chooseProvider(options: EngineOptions): Promise<OnnxProvider> {
  const { provider = 'auto' } = options;
  const candidates =
    provider === 'auto'
      ? (automatic[process.platform] ?? ['cpu']).filter((name) => bundledProviders().includes(name))
      : all.filter((name) => name === provider);
  const failures: string[] = [];
  for (const candidate of candidates) {
    if (working.has(candidate)) return candidate;
    const failure = await providerFailure(candidate, options);
    if (failure === undefined) {
      working.add(candidate);
      return candidate;
    }
    failures.push(`${candidate}: ${failure}`);
  }
  throw new EngineError({
    code: 'runtime/provider',
    reason: `onnxruntime cannot run on "${provider}" here${failures.map((failure) => `; ${failure}`).join('')}`,
    remedy: `choose one of ${bundledProviders().join(', ')}; the doctor command tells which of them work`,
  });
}
