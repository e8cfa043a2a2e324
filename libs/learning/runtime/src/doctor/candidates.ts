import type { EngineName, Operators, ProviderName } from '../engine.js';
import { installOnnxRuntime } from '../onnxruntime/library.js';
import { providerPackages } from '../tfjs/tensorflow.js';

export interface Candidate {
  readonly engine: EngineName;
  readonly provider: ProviderName;
  /** What training runs on. */
  readonly operators: Operators;
  readonly platforms: readonly NodeJS.Platform[];
  /** What to install if it does not work. */
  readonly remedy: string;
}

const everywhere: readonly NodeJS.Platform[] = ['linux', 'darwin', 'win32'];

type WithoutOperators = Omit<Candidate, 'operators'>;

const withPublicOperators: readonly WithoutOperators[] = [
  {
    engine: 'onnxruntime',
    provider: 'cuda',
    platforms: ['linux', 'win32'],
    remedy:
      'needs an NVIDIA driver, CUDA 12 and cuDNN 9; then, on Linux x64: ' +
      'ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js',
  },
  {
    engine: 'onnxruntime',
    provider: 'dml',
    platforms: ['win32'],
    remedy: 'needs Windows 10 or later and a DirectX 12 device with its driver',
  },
  {
    engine: 'onnxruntime',
    provider: 'coreml',
    platforms: ['darwin'],
    remedy: 'needs macOS; inference only',
  },
  {
    engine: 'onnxruntime',
    provider: 'webgpu',
    platforms: everywhere,
    remedy: 'needs a GPU; on Linux also its Vulkan driver and the loader (Debian: apt install libvulkan1)',
  },
  {
    engine: 'onnxruntime',
    provider: 'cpu',
    platforms: everywhere,
    remedy: `${installOnnxRuntime}; its binaries are for Linux and Windows (x64, arm64) and macOS (arm64)`,
  },
  ...(['node-gpu', 'node', 'js'] as const).map((provider): WithoutOperators => ({
    engine: 'tfjs',
    provider,
    platforms: provider === 'node-gpu' ? ['linux', 'win32'] : everywhere,
    remedy: providerPackages[provider].remedy,
  })),
];

const nativeOperators: Candidate = {
  engine: 'onnxruntime',
  provider: 'cpu',
  operators: 'native',
  platforms: ['linux'],
  remedy:
    'needs x64 with AVX-512, the library of native operators (npm run build makes it where there is a C++ compiler) and ' +
    'npm install koffi; then train with ICHOR_OPERATORS=native',
};

/** Every engine, provider and choice of operators, fastest first within an engine. */
export const candidates: readonly Candidate[] = withPublicOperators.flatMap((candidate): Candidate[] => [
  ...(candidate.provider === 'cpu' ? [nativeOperators] : []),
  { ...candidate, operators: 'public' },
]);
