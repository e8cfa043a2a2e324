import type { Network, StateDict, Tensor } from '@ichor/nn';
import { headGradient } from './head-gradient.js';

/** Where in a picture the evidence for a logit lies, h x w cells, 0 (none) to 1 (most). */
export interface ActivationMap {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
  /** The value at 1: the largest contribution of a cell to the logit; 0 when no cell supports it. */
  readonly peak: number;
}

/**
 * Grad-CAM (Selvaraju et al. 2017) of one sample: the feature maps weighted by the gradient of the logit, positive
 * part. With global average pooling the gradient is the same in all cells of a map: that of the pooled feature over
 * the number of cells. For a single linear layer this is the class activation map of Zhou et al. 2016.
 *
 * @param maps [N, C, h, w], the output `maps` of `withFeatureMaps(network)`
 */
export function gradCam(
  network: Network,
  state: StateDict,
  maps: Tensor,
  { sample, logit }: { readonly sample: number; readonly logit: number },
): ActivationMap {
  const [, channels, height, width] = maps.shape as [number, number, number, number];
  const cells = height * width;
  const activations = maps.data.subarray(sample * channels * cells, (sample + 1) * channels * cells);
  const pooled = Float64Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let cell = 0; cell < cells; cell++) sum += activations[channel * cells + cell]!;
    return sum / cells;
  });
  const gradient = headGradient(network, state, pooled, logit);
  const data = new Float32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += gradient[channel]! * activations[channel * cells + cell]!;
    data[cell] = Math.max(sum / cells, 0);
  }
  const peak = data.reduce((highest, value) => Math.max(highest, value), 0);
  if (peak > 0) data.forEach((value, cell) => (data[cell] = value / peak));
  return { width, height, data, peak };
}
