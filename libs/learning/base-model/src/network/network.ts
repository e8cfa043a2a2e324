import { createBackbone } from '@ichor/backbones';
import type { Network } from '@ichor/nn';
import { channelsPerSlice } from '../input/recipe.js';
import type { BaseModel } from '../settings/schema.js';
import { classCount } from './classes.js';

/** The network that a model's settings describe. Its input is `image`, its outputs are `logits` and `features`. */
export function modelNetwork(model: BaseModel): Network {
  return createBackbone(model.backbone, {
    classes: classCount(model),
    channels: (2 * model.neighbours + 1) * channelsPerSlice,
    head: model.head,
  });
}
