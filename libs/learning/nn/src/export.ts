import { lowerInference, type InferenceLowering } from './inference/lower.js';
import type { Network } from './network.js';
import type { StateDict } from './tensor.js';

/**
 * A trained network as the bytes of an `.onnx` file (operator set 17), evaluation mode, any batch and image
 * size. `metadata` (labels, windows, normalization, ...) becomes the model's metadata properties.
 *
 * @throws IchorError `nn/parameter` for a parameter that `state` lacks, `nn/half-range`, `nn/ranges`
 */
export function exportOnnx(
  network: Network,
  state: StateDict,
  metadata: Readonly<Record<string, string>> = {},
  options: Pick<InferenceLowering, 'weights' | 'ranges'> = {},
): Uint8Array {
  return lowerInference(network, state, { metadata, ...options });
}
