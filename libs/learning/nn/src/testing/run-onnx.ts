import type { Tensor } from '../tensor.js';

interface OnnxTensor {
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** What of onnxruntime runs a model; specs pass the package, which is a dependency of development only. */
export interface Onnxruntime {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OnnxTensor;
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { intraOpNumThreads: number; logSeverityLevel: 0 | 1 | 2 | 3 | 4 },
    ): Promise<{
      run(feeds: Record<string, OnnxTensor>): Promise<Record<string, OnnxTensor>>;
      release(): Promise<void>;
    }>;
  };
}

/** Runs a model once on one thread and returns its float32 outputs by name. */
export async function runOnnx(
  ort: Onnxruntime,
  model: Uint8Array,
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    const feeds = Object.entries(inputs).map(
      ([name, { shape, data }]) => [name, new ort.Tensor('float32', data, shape)] as const,
    );
    const outputs = await session.run(Object.fromEntries(feeds));
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { dims, data }]) => [
        name,
        { shape: dims, data: data as Float32Array },
      ]),
    );
  } finally {
    await session.release();
  }
}
