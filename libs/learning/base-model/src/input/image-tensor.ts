import type { Tensor } from '@ichor/nn';
import type { BaseModel } from '../settings/schema.js';
import { channelsPerSlice } from './recipe.js';

/** samples x channels x size x size */
export function imageTensor(model: Pick<BaseModel, 'imageSize' | 'neighbours'>, data: Float32Array): Tensor {
  const { imageSize, neighbours } = model;
  const channels = (2 * neighbours + 1) * channelsPerSlice;
  return {
    shape: [data.length / (channels * imageSize * imageSize), channels, imageSize, imageSize],
    data,
  };
}
