import { channelBlockProbe } from '@ichor/nn';
import { onnxRuntime } from './library.js';
import type { OnnxProvider } from './provider-name.js';

/** Channels in a block of the provider's NCHWc operators; undefined where it has none. */
export async function channelBlock(provider: OnnxProvider): Promise<number | undefined> {
  if (provider !== 'cpu') return undefined;
  try {
    const session = await onnxRuntime().InferenceSession.create(channelBlockProbe(), {
      executionProviders: ['cpu'],
      logSeverityLevel: 4,
    });
    const { blocks } = await session.run({
      x: new (onnxRuntime().Tensor)('float32', new Float32Array(4), [1, 4, 1, 1]),
    });
    await session.release();
    const channels = blocks?.dims[1] ?? 1;
    return channels > 1 ? channels : undefined;
  } catch {
    // An optimization that this processor or this build lacks; the plain operators do the same.
    return undefined;
  }
}
