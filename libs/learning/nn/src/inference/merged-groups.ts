import type { NodeOf } from '../rules.js';
import { elementCount, type Tensor } from '../tensor.js';
import type { InferenceContext } from './context.js';

/**
 * How many groups of a convolution fill one block of channels; 1 where groups are as wide as a block, or do not fit. onnxruntime computes
 * groups of whole blocks on blocks, narrower ones on whole images, which takes longer although it leaves out the zeros between groups.
 */
export function groupsOfBlock(
  { attributes: { groups }, parameters }: NodeOf<'conv2d'>,
  { channelBlock: block, parameter }: InferenceContext,
): number {
  const [outputs = 1, inputs = 1] = parameter(parameters['weight']).shape;
  const isDepthwise = inputs === 1 && outputs === groups;
  if (block === undefined || groups === 1 || isDepthwise || inputs >= block || block % inputs !== 0) return 1;
  const merged = block / inputs;
  const fits = groups % merged === 0 && ((outputs / groups) * merged) % block === 0;
  return fits && merged <= MERGED ? merged : 1;
}

/** Of more groups, the zeros between them take longer than blocks save. */
const MERGED = 4;

/** Weights [O, I / groups, ...] of fewer, wider groups: zeros where input and output belonged to different ones. */
export function mergeGroups(
  { shape, data }: Tensor,
  { attributes }: NodeOf<'conv2d'> | NodeOf<'linear'>,
  merged: number,
): Tensor {
  if (merged === 1 || !('groups' in attributes)) return { shape, data };
  const [outputs = 1, inputs = 1, ...kernel] = shape;
  const each = inputs * elementCount(kernel);
  const wide = new Float32Array(outputs * merged * each);
  for (let output = 0; output < outputs; output++) {
    const place = Math.floor(output / (outputs / attributes.groups)) % merged;
    wide.set(data.subarray(output * each, (output + 1) * each), (output * merged + place) * each);
  }
  return { shape: [outputs, inputs * merged, ...kernel], data: wide };
}
