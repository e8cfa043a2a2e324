import type { OnnxProvider, Operators } from '@ichor/runtime';

/** Images of a step or an inference. */
export const BATCH = 8;

/** The requests to both sides of the benchmark, one JSON object a line. */
export type Request =
  | {
      readonly command: 'open';
      readonly id: string;
      readonly mode: Mode;
      readonly batch: number;
      readonly size: number;
      readonly threads: number;
      /** How the peer runs; Ichor ignores it. */
      readonly variant?: Variant;
      /** What runs Ichor's side, default the CPU; the peer ignores it. */
      readonly provider?: OnnxProvider;
      /** Ichor's side in 8 bits; the peer ignores it. */
      readonly eightBit?: boolean;
      /** What Ichor's side trains on; the peer ignores it. */
      readonly operators?: Operators;
    }
  /** Writes the network as the `.onnx` file of a bundle and as onnxruntime has prepared it, for `open-prepared`; Ichor only. */
  | {
      readonly command: 'prepare';
      readonly id: string;
      readonly threads: number;
      readonly folder: string;
    }
  /** Opens what `prepare` has left in the folder, as `ichor predict` does. */
  | {
      readonly command: 'open-prepared';
      readonly batch: number;
      readonly size: number;
      readonly threads: number;
      readonly folder: string;
    }
  /** One training step or one inference. */
  | { readonly command: 'run' }
  /** Other images from now on; inference only. */
  | { readonly command: 'resize'; readonly size: number }
  /** Largest resident set of the process so far. */
  | { readonly command: 'memory' }
  /** What the library can do in float32; no network is opened for it. */
  | { readonly command: 'peak'; readonly threads: number };

export type Mode = 'train' | 'infer';

/**
 * Ways to run a network in Python: PyTorch's own in float32 and in bfloat16 (autocast), on the CPU or on a CUDA device, and
 * OpenVINO in float32 and in 8 bits.
 */
export type Variant =
  (typeof float32Variants)[Mode][number] | 'bf16' | 'openvino-int8' | 'cuda' | 'cuda-bf16';

export const float32Variants = {
  train: ['eager', 'channels-last', 'compiled'],
  infer: ['eager', 'channels-last', 'compiled', 'openvino'],
} as const;

export interface Answer {
  readonly milliseconds?: number;
  /** Of all threads of the process together. */
  readonly processorMilliseconds?: number;
  readonly bytes?: number;
  /** By the name of the operation. */
  readonly gigaflops?: Readonly<Record<string, number>>;
  /** Of the library that ran, in the answer to `open`. */
  readonly version?: string;
  readonly error?: string;
}
