import { messageOf } from '@ichor/files/error';
import type * as ort from 'onnxruntime-node';

/** What onnxruntime-node says about an output that is no tensor, when it comes to handing it over. */
const NO_TENSOR = 'Non tensor type is temporarily not supported';

/**
 * Runs a session that writes all outputs to memory of the caller. onnxruntime-node does so, but then it also copies each output into a
 * new buffer: for the gradients of a network 7 % of the processor time of a step, and garbage of their size. It converts the outputs
 * in their order and stops at the first that it cannot convert. So a sequence as the first output ends the run before the copies.
 *
 * @param sequence name of that output; without it, outputs are copied
 */
export async function runInPlace(
  session: ort.InferenceSession,
  feeds: Readonly<Record<string, ort.Tensor>>,
  fetches: Readonly<Record<string, ort.Tensor>>,
  sequence: string | undefined,
): Promise<void> {
  if (sequence === undefined) {
    await session.run(feeds, fetches);
    return;
  }
  try {
    await session.run(feeds, { ...fetches, [sequence]: null });
  } catch (error) {
    if (!messageOf(error).includes(NO_TENSOR)) throw error;
  }
}
